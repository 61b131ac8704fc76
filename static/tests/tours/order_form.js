import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("lengow_order_form", {
    url: "/odoo/lengow-orders",
    steps: () => [
        {
            trigger: ".o_data_cell:contains(TOUR-FORM)",
            run: "click",
        },
        {
            content:
                "The step of the marketplace is shown, and the sale order's number",
            trigger:
                ".o_form_view:has(.o_arrow_button_current:contains(To Ship)) button[name=action_open_sale_orders]:contains(S0)",
        },
        {
            content: "What is seldom needed is in the gear",
            trigger: ".o_cp_action_menus button:has(.fa-cog)",
            run: "click",
        },
        {
            content: "Import again asks first",
            trigger: ".o-dropdown-item:contains(Import Again)",
            run: "click",
        },
        {
            trigger: ".modal button:contains(Keep Sale Order)",
            run: "click",
        },
        {
            content: "The gear reads the order again, and says so",
            trigger: "body:not(:has(.modal)) .o_cp_action_menus button:has(.fa-cog)",
            run: "click",
        },
        {
            trigger: ".o-dropdown-item:contains(Refresh from Lengow)",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(Up to date with Lengow)",
        },
        {
            content: "What is next is its delivery",
            trigger: "button.btn-primary[name=action_deliver]",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name=button_validate]",
        },
    ],
});
