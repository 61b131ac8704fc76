import {LengowJobChips} from "@lengow_connector/order_list/job_chips";
import {useNews} from "@lengow_connector/overview/news";
import {registry} from "@web/core/registry";
import {KanbanController} from "@web/views/kanban/kanban_controller";
import {kanbanView} from "@web/views/kanban/kanban_view";

/** The board of marketplace orders, with the same numbers above it as the list. */
export class LengowOrderKanbanController extends KanbanController {
    static template = "lengow_connector.OrderKanbanView";
    static components = {...KanbanController.components, LengowJobChips};

    setup() {
        super.setup();
        useNews(
            () => this.model.load(),
            () => this.hasSelectedRecords
        );
    }
}

registry.category("views").add("lengow_order_kanban", {
    ...kanbanView,
    Controller: LengowOrderKanbanController,
});
