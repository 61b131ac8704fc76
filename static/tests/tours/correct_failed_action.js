import {registry} from "@web/core/registry";
import {argument} from "./steps";

registry.category("web_tour.tours").add("lengow_correct_failed_action", {
    url: "/odoo/lengow",
    steps: () => [
        {
            trigger: ".o_lengow_overview_head [data-job=action_failed]",
            run: "click",
        },
        {
            trigger: ".o_data_cell:contains(TOUR-1)",
            run: "click",
        },
        {
            content: "The order says what the marketplace refused, and why",
            trigger:
                ".o_form_view .alert-danger:contains(refused Ship: Unknown parcel)",
        },
        {
            content: "It can be sent again as it is, or be dismissed",
            trigger:
                ".alert-danger:has(button[name=action_retry]) button[name=action_open_dismiss]",
        },
        {
            trigger: ".alert-danger button[name=action_correct]",
            run: "click",
        },
        {
            content: "The reason stays in sight while it is corrected",
            trigger: ".modal .alert-danger:contains(Unknown parcel)",
        },
        {
            content: "What was sent is there",
            trigger: `${argument("tracking_number")} input:value(WRONG)`,
            run: "edit RIGHT",
        },
        {
            trigger: ".modal button[name=action_confirm]:visible",
            run: "click",
        },
        {
            content: "It is on its way again",
            trigger:
                "body:not(:has(.modal)) .o_form_view:not(:has(.alert-danger)) .alert-info:contains(Shipping)",
        },
    ],
});
