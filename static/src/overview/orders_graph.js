import {registry} from "@web/core/registry";
import {
    JournalDashboardGraphField,
    journalDashboardGraphField,
} from "@web/views/fields/journal_dashboard_graph/journal_dashboard_graph_field";

/** Odoo's bars, small: fourteen dates below them are read by nobody, a tooltip is. */
export class OrdersGraphField extends JournalDashboardGraphField {
    getBarChartConfig() {
        const config = super.getBarChartConfig();
        config.options.scales.x.ticks.display = false;
        config.options.scales.x.grid.display = false;
        config.options.scales.y.beginAtZero = true;
        return config;
    }
}

registry.category("fields").add("lengow_orders_graph", {
    ...journalDashboardGraphField,
    component: OrdersGraphField,
});
