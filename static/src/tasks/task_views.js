import {useTaskNews} from "@lengow_connector/tasks/task_news";
import {registry} from "@web/core/registry";
import {FormController} from "@web/views/form/form_controller";
import {formView} from "@web/views/form/form_view";
import {ListController} from "@web/views/list/list_controller";
import {listView} from "@web/views/list/list_view";

/** Background tasks, which show by themselves how far they are. */
export class LengowTaskListController extends ListController {
    setup() {
        super.setup();
        useTaskNews(() => this.model.load());
    }
}

export class LengowTaskFormController extends FormController {
    setup() {
        super.setup();
        useTaskNews(
            () => this.model.load(),
            // It may get on before it is shown.
            ({id}) => id === (this.model.root?.resId ?? this.props.resId)
        );
    }
}

registry.category("views").add("lengow_task_list", {
    ...listView,
    Controller: LengowTaskListController,
});
registry.category("views").add("lengow_task_form", {
    ...formView,
    Controller: LengowTaskFormController,
});
