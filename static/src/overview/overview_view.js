import {LengowOverviewHead} from "@lengow_connector/overview/overview_head";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {debounce} from "@web/core/utils/timing";
import {KanbanRenderer} from "@web/views/kanban/kanban_renderer";
import {kanbanView} from "@web/views/kanban/kanban_view";
import {onWillUnmount} from "@odoo/owl";

// Sent when a scheduled action has done something. Several of them follow on each other.
const CHANGED = "lengow_overview_changed";
const PATIENCE = 3000;

/** The marketplaces as cards, which show by themselves what happens meanwhile. */
export class LengowOverviewRenderer extends KanbanRenderer {
    static template = "lengow_connector.OverviewRenderer";
    static components = {...KanbanRenderer.components, LengowOverviewHead};

    setup() {
        super.setup();
        const bus = useService("bus_service");
        const reload = debounce(() => this.props.list.model.load(), PATIENCE);
        bus.subscribe(CHANGED, reload);
        onWillUnmount(() => {
            bus.unsubscribe(CHANGED, reload);
            reload.cancel();
        });
    }
}

registry.category("views").add("lengow_overview", {
    ...kanbanView,
    Renderer: LengowOverviewRenderer,
});
