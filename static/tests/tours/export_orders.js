import {registry} from "@web/core/registry";
import {download, select} from "./steps";

registry.category("web_tour.tours").add("lengow_export_orders", {
    url: "/odoo/lengow-orders",
    steps: () => [
        select("A-1"),
        select("A-3"),
        {
            content: "It is in the gear, beside Odoo's own export",
            trigger: ".o_control_panel .o_cp_action_menus button:contains(Actions)",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .o_menu_item:contains(Export for Accounting)",
            run: "click",
        },
        {
            content: "Two orders are selected",
            trigger: ".modal [name=order_count]:contains(2)",
        },
        {
            content: "One row per line",
            trigger: ".modal [name=row_per] .o_radio_item:contains(Line) input",
            run: "click",
        },
        {
            content: "Download; the browser saves the file",
            trigger: ".modal button[name=action_export]",
            run: download,
        },
        {
            trigger: "body[data-downloaded='200']:not(:has(.modal))",
        },
    ],
});
