import {registry} from "@web/core/registry";

const ENTER_TOKEN = {
    trigger: ".modal [name=access_token] input",
    run: "edit sandbox-access-token",
};
const CONNECT = {trigger: ".modal button[name=action_connect]", run: "click"};

registry.category("web_tour.tours").add("lengow_first_sale_order", {
    url: "/odoo/lengow",
    steps: () => [
        {
            content: "Click 1",
            trigger: ".o_nocontent_help a:contains(Connect a Lengow Account)",
            run: "click",
        },
        {content: "Field 1", ...ENTER_TOKEN},
        {
            content: "Field 2",
            trigger: ".modal [name=secret_token] input",
            run: "edit sandbox-secret",
        },
        {content: "Click 2", ...CONNECT},
        {
            content: "The orders are here, and wait",
            trigger:
                "body:not(:has(.modal)) .o_lengow_checklist:contains(Orders: 0 imported, 3 waiting for step 4)",
        },
        {
            content: "Click 3",
            trigger: ".o_lengow_checklist [data-step=products] button",
            run: "click",
        },
        {
            content: "Each SKU once, with what waits for it",
            trigger: ".modal .o_data_row:contains(LGW-2):contains(Title of LGW-2)",
        },
        {
            content: "Click 4",
            trigger: ".modal button[name=action_create_missing]:contains(3)",
            run: "click",
        },
        {
            trigger:
                ".modal .o_data_row:first [name=to_create] input:checked:not(:visible), .modal .o_data_row:first [name=to_create] input:checked",
        },
        {
            content: "Click 5",
            trigger: ".modal button[name=action_pair]",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(Orders imported: 3, to fix: 0)",
        },
        {
            trigger:
                ".o_lengow_checklist:contains(Orders: 3 imported) [data-step=products][data-done]",
        },
    ],
});

registry.category("web_tour.tours").add("lengow_setup_to_the_end", {
    url: "/odoo/lengow",
    steps: () => [
        {
            trigger: ".o_nocontent_help a:contains(Connect a Lengow Account)",
            run: "click",
        },
        ENTER_TOKEN,
        {
            trigger: ".modal [name=secret_token] input",
            run: "edit a wrong secret",
        },
        CONNECT,
        {
            content: "Said once, in the dialog",
            trigger:
                "body:not(:has(.o_notification)) .modal .alert-danger:contains(does not accept these keys)",
        },
        {
            trigger: ".modal [name=secret_token] input",
            run: "edit sandbox-secret",
        },
        CONNECT,
        {
            trigger: ".o_lengow_checklist [data-step=import] button",
            run: "click",
        },
        {
            content: "Nothing has to be filled in",
            trigger: ".modal button[name=action_setup_import_done]",
            run: "click",
        },
        {
            trigger:
                "body:not(:has(.modal)) .o_lengow_checklist [data-step=import][data-done]",
        },
        {
            trigger:
                ".o_lengow_checklist [data-step=products] button:contains(Start Importing)",
            run: "click",
        },
        {
            trigger: ".o_lengow_checklist:contains(Orders: 1 imported)",
        },
        {
            trigger: ".o_lengow_checklist [data-step=go] button",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_go_live]",
            run: "click",
        },
        {
            content: "The checklist is gone",
            trigger:
                "body:not(:has(.modal)) .o_lengow_overview_head:not(:has(.o_lengow_checklist))",
        },
    ],
});
