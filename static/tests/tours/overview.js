import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("lengow_overview", {
    url: "/odoo/lengow",
    steps: () => [
        {
            content: "Test mode is said loudly",
            trigger: ".o_lengow_test_mode:contains(Test Shop)",
        },
        {
            content: "Over all marketplaces",
            trigger: ".o_lengow_overview_head [data-job=late]:contains(2)",
            run: "click",
        },
        {
            content: "The list shows what was counted",
            trigger: ".o_searchview_facet:contains(Late to Ship)",
        },
        {
            trigger:
                ".o_list_view:has(.o_data_row:contains(TOUR-LATE)) .o_pager_limit:contains(2)",
        },
        {
            trigger: ".breadcrumb-item a, .o_back_button",
            run: "click",
        },
        {
            content: "The most urgent job of one marketplace",
            trigger:
                ".o_kanban_record:contains(Zalando) button[data-job=to_accept]:contains(1)",
        },
        {
            content: "The others are links",
            trigger: ".o_kanban_record:contains(Zalando) a[data-job=late]:contains(1)",
            run: "click",
        },
        {
            trigger: ".o_searchview_facet:contains(Zalando)",
        },
        {
            trigger:
                ".o_list_view:has(.o_data_row:contains(TOUR-LATE)) .o_pager_limit:contains(1)",
        },
        {
            trigger: ".breadcrumb-item a, .o_back_button",
            run: "click",
        },
        {
            trigger: ".o_control_panel button[name=action_sync_now]",
            run: "click",
        },
        {
            trigger: ".o_notification",
        },
    ],
});

registry.category("web_tour.tours").add("lengow_overview_empty", {
    url: "/odoo/lengow",
    steps: () => [
        {
            trigger: ".o_nocontent_help a:contains(Connect a Lengow Account)",
            run: "click",
        },
        {
            content: "Who may not enter the keys is told who may",
            trigger: ".modal .alert-info:contains(Only a system administrator)",
        },
    ],
});
