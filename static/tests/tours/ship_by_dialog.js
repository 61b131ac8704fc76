import {registry} from "@web/core/registry";

const argument = (name) => `.modal .o_lengow_argument[data-name=${name}]`;

registry.category("web_tour.tours").add("lengow_ship_by_other_carrier", {
    url: "/odoo/lengow-orders",
    steps: () => [
        {
            trigger: ".o_data_cell:contains(TOUR-OTHER)",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name=action_open_ship]",
            run: "click",
        },
        {
            content:
                "Nobody asks for the name of a carrier before there is another one",
            trigger:
                ".modal:has([data-name=carrier]):not(:has([data-name=carrier_name]))",
        },
        {
            trigger: `${argument("carrier")} select`,
            run: "select Other",
        },
        {
            trigger: `${argument("carrier_name")} input:enabled`,
            run: "edit My Van",
        },
        {
            trigger: `${argument("tracking_url")} input`,
            run: "edit https://van.example.com/1",
        },
        {
            trigger: `${argument("tracking_number")} input`,
            run: "edit TOUR-1",
        },
        {
            trigger: ".modal button[name=action_confirm]:visible",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(TOUR-OTHER)",
        },
        {
            content: "The order says what is under way",
            trigger:
                "body:not(:has(.modal)) .o_form_view .alert-info:contains(Shipping)",
        },
    ],
});
