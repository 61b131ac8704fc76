import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("lengow_correct_failed_action", {
    url: "/odoo/lengow-orders",
    steps: () => [
        {
            trigger: ".o_data_cell:contains(TOUR-1)",
            run: "click",
        },
        {
            content: "The order says that an action failed",
            trigger: ".o_form_view .alert-danger:contains(failed at the marketplace)",
        },
        {
            trigger: ".alert-danger button[name=action_open_failed_actions]",
            run: "click",
        },
        {
            content: "The list says why",
            trigger: ".o_list_view .o_data_row:contains(Unknown parcel)",
        },
        {
            trigger: ".o_data_cell[name=kind_label]:contains(Ship)",
            run: "click",
        },
        {
            trigger: ".o_form_view .alert-danger:contains(Unknown parcel)",
        },
        {
            trigger: "button[name=action_correct]",
            run: "click",
        },
        {
            content: "What was sent is there",
            trigger:
                ".modal .o_lengow_argument[data-name=tracking_number] input:value(WRONG)",
            run: "edit RIGHT",
        },
        {
            trigger: ".modal button[name=action_confirm]:visible",
            run: "click",
        },
        {
            content: "It is on its way again",
            trigger:
                "body:not(:has(.modal)) .o_form_view .o_arrow_button_current:contains(To Send)",
        },
    ],
});
