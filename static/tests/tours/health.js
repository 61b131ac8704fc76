import {registry} from "@web/core/registry";

const card = ".o_lengow_health .o_kanban_record:contains(Test Shop)";

registry.category("web_tour.tours").add("lengow_health", {
    url: "/odoo/lengow-health",
    steps: () => [
        {
            content: "Each scheduled action says when it last did its work",
            trigger: `${card} tr[data-kind=fetch_orders]:contains(:)`,
        },
        {
            trigger: `${card} button:contains(Pause)`,
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Stock-taking",
        },
        {
            trigger: ".modal footer button:contains(Pause)",
            run: "click",
        },
        {
            content: "The page says loudly who has paused it, and why",
            trigger: `${card} .o_lengow_paused:contains(Stock-taking)`,
        },
        {
            content: "So does the account",
            trigger: `${card} a:contains(Test Shop)`,
            run: "click",
        },
        {
            trigger: ".o_form_view .o_lengow_paused:contains(Stock-taking)",
        },
        {
            trigger: ".o_form_view button[name=action_open_runs]",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains(Fetch Orders)",
        },
        {
            trigger: ".o_back_button, .breadcrumb-item a:contains(Test Shop)",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_lengow_paused button:contains(Resume)",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name=action_open_pause]:visible",
        },
    ],
});
