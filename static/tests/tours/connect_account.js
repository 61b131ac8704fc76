import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("lengow_connect_account", {
    url: "/odoo/lengow-accounts",
    steps: () => [
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "Two keys are all that is asked for",
            trigger: ".o_form_view [name=name] input",
            run: "edit Tour Shop",
        },
        {
            trigger: "[name=access_token] input[type=password]",
            run: "edit sandbox-access-token",
        },
        {
            trigger: "[name=secret_token] input[type=password]",
            run: "edit a wrong secret",
        },
        {
            trigger: "button[name=action_connect]",
            run: "click",
        },
        {
            content: "A wrong key is explained on the account",
            trigger: ".o_form_view .alert-danger:contains(does not accept these keys)",
        },
        {
            trigger: "[name=secret_token] input[type=password]",
            run: "edit sandbox-secret",
        },
        {
            trigger: "button[name=action_connect]",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(Connected to Lengow account 4242)",
        },
        {
            trigger: ".o_arrow_button_current:contains(Connected)",
        },
        {
            content: "The error is gone",
            trigger: ".o_form_view:not(:has(.alert-danger:visible))",
        },
        {
            content:
                "The orders are here, and no sale order before somebody wants them",
            trigger: ".o_form_view .alert-info:contains(No sale order is created yet)",
        },
        {
            trigger: "button[name=action_open_orders]:contains(1)",
            run: "click",
        },
        {
            trigger: ".o_data_cell:contains(TOUR-ORDER)",
            run: "click",
        },
        {
            trigger:
                ".o_form_view:contains(TOUR-ORDER) .o_arrow_button_current:contains(To Ship)",
        },
    ],
});
