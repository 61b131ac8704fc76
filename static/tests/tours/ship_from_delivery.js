import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("lengow_ship_from_delivery", {
    url: "/odoo/lengow-orders",
    steps: () => [
        {
            trigger: ".o_data_cell:contains(TOUR-SHIP)",
            run: "click",
        },
        {
            content: "It can be shipped; its delivery is one click away",
            trigger: ".o_form_view button[name=action_open_ship]",
        },
        {
            trigger: ".oe_stat_button[name=action_open_pickings]",
            run: "click",
        },
        {
            trigger: ".o_form_view .nav-link:contains(Additional Info)",
            run: "click",
        },
        {
            content: "Choose a delivery method",
            trigger: "[name=carrier_id] input",
            run: "edit Colissimo",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Colissimo)",
            run: "click",
        },
        {
            trigger: "[name=carrier_tracking_ref] input",
            run: "edit 6A-TOUR",
        },
        {
            trigger: "button[name=button_validate]",
            run: "click",
        },
        {
            content: "It is done, and nothing is missing",
            trigger:
                ".o_form_view:not(:has(.alert-warning)) .o_arrow_button_current:contains(Done)",
        },
        {
            content: "Back to the marketplace order",
            trigger: ".o_back_button, .breadcrumb-item a:contains(TOUR-SHIP)",
            run: "click",
        },
        {
            trigger: ".o_form_view .nav-link[name=actions]",
            run: "click",
        },
        {
            content: "The shipment is on its way",
            trigger: ".o_field_widget[name=action_ids] .o_data_row:contains(Ship)",
        },
        {
            content: "It is not offered a second time",
            trigger: ".o_form_view:not(:has(button[name=action_open_ship]))",
        },
    ],
});
