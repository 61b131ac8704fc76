import {useNews} from "@lengow_connector/overview/news";
import {LengowOverviewHead} from "@lengow_connector/overview/overview_head";
import {registry} from "@web/core/registry";
import {KanbanRenderer} from "@web/views/kanban/kanban_renderer";
import {kanbanView} from "@web/views/kanban/kanban_view";

/** The marketplaces as cards, which show by themselves what happens meanwhile. */
export class LengowOverviewRenderer extends KanbanRenderer {
    static template = "lengow_connector.OverviewRenderer";
    static components = {...KanbanRenderer.components, LengowOverviewHead};

    setup() {
        super.setup();
        useNews(() => this.props.list.model.load());
    }
}

registry.category("views").add("lengow_overview", {
    ...kanbanView,
    Renderer: LengowOverviewRenderer,
});
