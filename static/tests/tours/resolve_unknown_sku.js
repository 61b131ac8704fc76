import {registry} from "@web/core/registry";
import {checkWhole} from "./steps";

registry.category("web_tour.tours").add("lengow_resolve_unknown_sku", {
    url: "/odoo/lengow",
    steps: () => [
        {
            content: "The overview counts one order to fix; show it",
            trigger: ".o_lengow_overview_head [data-job=to_fix]:contains(1)",
            run: "click",
        },
        {
            content: "The filter To Fix is on",
            trigger: ".o_searchview_facet:contains(To Fix)",
        },
        {
            content: "The good order is not among them",
            trigger: ".o_list_view:not(:has(.o_data_cell:contains(TOUR-GOOD)))",
        },
        {
            content: "Open the order",
            trigger: ".o_data_cell:contains(TOUR-BROKEN)",
            run: "click",
        },
        {
            content: "It says which SKU is unknown, beside the button that helps",
            trigger: ".o_form_view .alert-danger:contains(MYSTERY)",
        },
        {
            trigger: ".alert-danger button[name=action_fix]",
            run: "click",
        },
        {
            content: "The dialog begins with the first product to be chosen",
            trigger:
                ".modal .o_data_row:contains(MYSTERY) [name=product_id] input:focus",
            run: "edit SHIRT",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Shirt)",
            run: "click",
        },
        {
            content: "Pair and import",
            trigger: ".modal button[name=action_pair]",
            run: "click",
        },
        {
            content: "It says what became of it",
            trigger: ".o_notification:contains(Orders imported: 1 of 1)",
        },
        {
            content: "The wizard is gone and the order is imported",
            trigger: "body:not(:has(.modal)) .o_form_view:not(:has(.alert-danger))",
        },
        {
            content: "It has its sale order",
            trigger: "button[name=action_open_sale_orders]:contains(S0)",
        },
    ],
});

registry.category("web_tour.tours").add("lengow_match_fallback", {
    url: "/odoo/lengow",
    steps: () => [
        {
            content: "The overview counts what is sold as the fallback product",
            trigger: ".o_lengow_overview_head [data-job=to_match]:contains(1)",
            run: "click",
        },
        {
            trigger: ".o_data_cell:contains(TOUR-FALLBACK)",
            run: "click",
        },
        {
            content: "The line says that its product is not known",
            trigger:
                ".o_form_view .o_data_row:contains(MYSTERY) button[name=action_match]",
            run: "click",
        },
        {
            trigger:
                ".modal .o_data_row:contains(MYSTERY) [name=product_id] input:focus",
            run: "edit MUG",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Mug)",
            run: "click",
        },
        {
            content: "One piece of the marketplace is three mugs",
            trigger: ".modal .o_data_row:contains(MYSTERY) [name=factor] input",
            run: "edit 3",
        },
        {
            trigger: ".modal button[name=action_pair]",
            run: "click",
        },
        {
            content: "It says what became of the sale order",
            trigger: ".o_notification:contains(with their product now: 1 of 1)",
        },
        {
            trigger:
                "body:not(:has(.modal)) .o_form_view:not(:has(button[name=action_match]))",
        },
    ],
});

registry.category("web_tour.tours").add("lengow_changed_address", {
    url: "/odoo/lengow-orders",
    steps: () => [
        {
            trigger: ".o_lengow_job_chips [data-filter=changed]:contains(1)",
            run: "click",
        },
        {
            trigger: ".o_data_cell:contains(TOUR-CHANGED)",
            run: "click",
        },
        {
            content: "It says what changed",
            trigger: ".alert-warning:contains(1 rue du Test → 2 rue du Test)",
        },
        {
            trigger: ".alert-warning button[name=action_apply_changes]:visible",
            run: "click",
        },
        {
            content: "The banner is gone",
            trigger: ".o_form_view:not(:has(.alert-warning:visible))",
        },
    ],
});

registry.category("web_tour.tours").add("lengow_fetch_order", {
    url: "/odoo/lengow-orders",
    steps: () => [
        {
            trigger: "button[data-menu-xmlid='lengow_connector.lengow_menu_orders']",
            run: "click",
        },
        {
            trigger: "[data-menu-xmlid='lengow_connector.lengow_menu_order_fetch']",
            run: "click",
        },
        {
            trigger: ".modal [name=number] input",
            run: "edit TOUR-MISSED",
        },
        {
            trigger: ".modal button[name=action_fetch]",
            run: "click",
        },
        {
            content: "The order opens, imported",
            trigger:
                "body:not(:has(.modal)) .o_form_view:contains(TOUR-MISSED) button[name=action_open_sale_orders]",
        },
    ],
});

registry.category("web_tour.tours").add("lengow_whole_matches", {
    url: "/odoo/lengow-orders-to-fix",
    steps: () => [
        {
            trigger: ".o_data_row:contains(TOUR-1) .o_lengow_fix",
            run: "click",
        },
        {
            content: "What is not being filled in shows what it is",
            trigger: ".modal .o_data_row:not(.o_selected_row):contains(KNIFE)",
            run() {
                checkWhole(this.anchor, {
                    sku: "KNIFE",
                    title: "cherry red, for all hobs",
                });
            },
        },
        {
            content: "There is room for the name of a product",
            trigger: ".modal th[data-name=product_id]",
            run() {
                if (this.anchor.clientWidth < 200) {
                    throw new Error(`A product has ${this.anchor.clientWidth} px.`);
                }
            },
        },
    ],
});
