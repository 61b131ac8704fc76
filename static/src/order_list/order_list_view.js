import { LengowOrderOverview } from "@lengow_connector/order_list/order_overview";
import { registry } from "@web/core/registry";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";

export class LengowOrderListRenderer extends ListRenderer {
    static template = "lengow_connector.OrderListRenderer";
    static components = { ...ListRenderer.components, LengowOrderOverview };
}

registry.category("views").add("lengow_order_list", {
    ...listView,
    Renderer: LengowOrderListRenderer,
});
