import {LengowOrderOverview} from "@lengow_connector/order_list/order_overview";
import {registry} from "@web/core/registry";
import {ListController} from "@web/views/list/list_controller";
import {listView} from "@web/views/list/list_view";

/** The list of marketplace orders, with what waits for somebody counted above it. */
export class LengowOrderListController extends ListController {
    static template = "lengow_connector.OrderListView";
    static components = {...ListController.components, LengowOrderOverview};
}

registry.category("views").add("lengow_order_list", {
    ...listView,
    Controller: LengowOrderListController,
});
