import {registry} from "@web/core/registry";
import {select} from "./steps";

const fromGear = (label) => [
    {
        trigger: ".o_control_panel .o_cp_action_menus button:has(.fa-cog)",
        run: "click",
    },
    {
        trigger: `.o-dropdown--menu .o_menu_item:contains(${label})`,
        run: "click",
    },
];

registry.category("web_tour.tours").add("lengow_dismiss_orders", {
    url: "/odoo/lengow-orders",
    steps: () => [
        {
            trigger: ".o_lengow_job_chips [data-filter=to_fix]:contains(2)",
        },
        select("TOUR-1"),
        select("TOUR-2"),
        select("TOUR-3"),
        ...fromGear("Dismiss"),
        {
            content: "What is a sale order already is left out, and says so",
            trigger: ".modal .alert-info:contains(TOUR-3 is a sale order already)",
        },
        {
            content: "Nothing is chosen beforehand, and it begins with the reason",
            trigger:
                ".modal:not(:has(.o_radio_input:checked)):has(.o_radio_input:focus)",
        },
        {
            trigger: ".modal .o_radio_item:contains(Settled with the buyer) input",
            run: "click",
        },
        {
            trigger: ".modal div[name=note] input",
            run: "edit They bought it in our shop",
        },
        {
            trigger: ".modal button[name=action_confirm]:contains(2):visible",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(Dismissed: 2. Left out: 1.)",
        },
        {
            content: "They have left what is to be done",
            trigger:
                "body:not(:has(.modal)) .o_lengow_job_chips [data-filter=to_fix]:contains(0)",
        },
        {
            trigger: ".o_data_row:contains(TOUR-2) .o_data_cell:contains(TOUR-2)",
            run: "click",
        },
        {
            content: "The order says who dismissed it, and why",
            trigger: ".o_form_view .alert-info:contains(They bought it in our shop)",
        },
        {
            trigger: ".alert-info button[name=action_take_up]",
            run: "click",
        },
        {
            content: "It can be imported again, at once or by the next run",
            trigger: ".o_form_view button[name=action_import]",
            run: "click",
        },
        {
            content: "It is to be fixed again",
            trigger: ".o_form_view .alert-danger:contains(TOUR-SKU)",
        },
        {
            trigger: ".o_form_view button[name=action_open_dismiss]",
        },
    ],
});

registry.category("web_tour.tours").add("lengow_resend_failed", {
    url: "/odoo/lengow",
    steps: () => [
        {
            content: "The overview says how many may go through now",
            trigger: ".o_lengow_resend button:contains(Resend Failed Actions (2))",
            run: "click",
        },
        {
            trigger:
                ".o_notification:contains(Sent again: 2.):contains(refused for good: 1)",
        },
        {
            trigger: "body:not(:has(.o_lengow_resend)) .o_kanban_view",
        },
    ],
});

registry.category("web_tour.tours").add("lengow_resend_failed_of_list", {
    url: "/odoo/lengow-actions-failed",
    steps: () => [
        {
            content: "Nothing has to be selected",
            trigger: ".o_control_panel button[name=action_resend_failed]",
            run: "click",
        },
        {
            trigger:
                ".o_notification:contains(Sent again: 2.):contains(refused for good: 1)",
        },
        {
            trigger:
                ".o_list_view:has(.o_data_row:contains(TOUR-3)):not(:has(.o_data_row:contains(TOUR-1)))",
        },
    ],
});
