import {registry} from "@web/core/registry";
import {checkSum, checkWhole, select} from "./steps";

const chip = (filter) => `.o_lengow_job_chips [data-filter=${filter}]`;
const pressed = (filter) => `${chip(filter)}[aria-pressed=true]`;
const released = (filter) => `${chip(filter)}[aria-pressed=false]`;

const press = (filter) => ({trigger: chip(filter), run: "click"});

registry.category("web_tour.tours").add("lengow_job_chips", {
    url: "/odoo/lengow-orders",
    steps: () => [
        {
            content: "What is due comes first, with how late it is",
            trigger:
                ".o_data_row:first:contains(LATE) .o_lengow_deadline:contains(late)",
        },
        {
            content: "All jobs are counted, none is chosen",
            trigger: `${pressed("all")}, ${chip("to_ship")}:contains(5)`,
        },
        press("to_ship"),
        {
            trigger: `.o_searchview_facet:contains(To Ship), ${pressed("to_ship")}`,
        },
        {
            content: "Another job replaces it",
            trigger: chip("to_accept"),
            run: "click",
        },
        {
            trigger: `body:has(${pressed("to_accept")}):has(${released("to_ship")}) .o_list_view .o_data_row:contains(ACCEPT-2)`,
        },
        {
            content: "What else is searched for stays, and the numbers are within it",
            trigger: ".o_searchview_input",
            run: "edit ACCEPT-1",
        },
        {
            trigger: ".o_searchview_input",
            run: "press Enter",
        },
        {
            trigger: `${chip("to_accept")}:contains(1)`,
        },
        {
            trigger: `${chip("to_ship")}:contains(0)`,
        },
        press("to_accept"),
        {
            content: "Pressed again, it is released; the search is not",
            trigger: `body:has(${pressed("all")}) .o_searchview_facet:contains(ACCEPT-1)`,
        },
        {
            trigger: ".o_searchview_facet:contains(ACCEPT-1) .o_facet_remove",
            run: "click",
        },
        press("late"),
        {
            trigger: "button.o_switch_view.o_kanban",
            run: "click",
        },
        {
            content: "The board has the same chips, and what was chosen",
            trigger: `.o_kanban_view:has(${pressed("late")}) .o_kanban_group:contains(To Ship)`,
        },
        press("all"),
        {
            trigger: ".o_kanban_view .o_kanban_group:first:contains(To Fix)",
        },
        {
            trigger: `${pressed("all")}`,
        },
    ],
});

registry.category("web_tour.tours").add("lengow_selected_orders", {
    url: "/odoo/lengow-orders",
    steps: () => [
        {
            content: "What needs no selection is in the gear",
            trigger: ".o_cp_action_menus button",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .o_menu_item:contains(Synchronize)",
        },
        {
            trigger: "body",
            run: "press Escape",
        },
        select("SETTLED"),
        {
            content: "What is dismissed waits for nothing, and is still in the gear",
            trigger:
                ".o_control_panel:not(:has(button[name=action_accept], button[name=action_refuse])) .o_selection_box",
        },
        select("SETTLED"),
        select("BROKEN"),
        {
            content: "What is to be fixed is shipped by nobody yet",
            trigger:
                ".o_control_panel:not(:has(button[name=action_open_ship])) .o_selection_box",
        },
        select("BROKEN"),
        select("DECIDE"),
        {
            content: "The first two jobs that it allows; a letter is enough",
            trigger:
                ".o_control_panel button[name=action_accept][data-hotkey=a]:contains(Accept 1)",
        },
        {
            trigger:
                ".o_control_panel:not(:has(button[name=action_open_ship])) button[name=action_refuse]",
        },
        select("SHIP"),
        {
            content: "Never more than two",
            trigger:
                ".o_control_panel:has(button[name=action_open_ship]:contains(Ship 1)):not(:has(button[name=action_refuse])) button[name=action_accept]",
        },
        {
            trigger: ".o_control_panel .o_cp_action_menus button:contains(Actions)",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .o_menu_item:contains(Refresh from Lengow)",
        },
        {
            content: "Everything else is here, and works as a button does",
            trigger: ".o-dropdown--menu .o_menu_item:contains(Refuse)",
            run: "click",
        },
        {
            trigger: ".modal:contains(Refuse)",
        },
        {
            trigger: ".modal footer button[special=cancel]",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_list_view",
        },
    ],
});

registry.category("web_tour.tours").add("lengow_search_orders", {
    url: "/odoo/lengow-orders",
    steps: () => [
        {
            content: "A status is suggested by its name",
            trigger: ".o_searchview_input",
            run: "edit waiting for acc",
        },
        {
            trigger:
                ".o_searchview_autocomplete .o-dropdown-item:contains(Status) .o_expand",
            run: "click",
        },
        {
            trigger:
                ".o_searchview_autocomplete .o-dropdown-item:contains(Waiting for Acceptance)",
            run: "click",
        },
        {
            trigger: ".o_searchview_facet:contains(Waiting for Acceptance)",
        },
        {
            trigger:
                ".o_list_view:has(.o_data_row:contains(ACCEPT-2)) .o_pager_limit:contains(2)",
        },
    ],
});

registry.category("web_tour.tours").add("lengow_views_of_orders", {
    url: "/odoo/lengow-orders",
    steps: () => [
        {
            content: "What Lengow sent last of it could not be read",
            trigger: ".o_data_row:contains(408-0001108-0001108) .o_lengow_unread",
        },
        {
            trigger: "button.o_switch_view.o_calendar",
            run: "click",
        },
        {
            content: "What is due today, with its whole number",
            trigger: ".o_calendar_view .o_event:contains(408-0001108-0001108)",
            run({anchor}) {
                const cut = [anchor, ...anchor.querySelectorAll("*")].find(
                    (one) =>
                        one.clientHeight &&
                        (one.scrollWidth > one.clientWidth + 1 ||
                            one.scrollHeight > one.clientHeight + 1)
                );
                if (cut) {
                    throw new Error(`The event is cut: ${cut.outerHTML}`);
                }
            },
        },
        {
            trigger: "button.o_switch_view.o_pivot",
            run: "click",
        },
        {
            trigger: ".o_pivot_view th:contains(Amazon)",
        },
        {
            trigger: "button.o_switch_view.o_graph",
            run: "click",
        },
        {
            trigger: ".o_graph_view canvas",
        },
    ],
});

registry.category("web_tour.tours").add("lengow_calendar_of_orders", {
    url: "/odoo/lengow-orders",
    steps: () => [
        {
            trigger: "button.o_switch_view.o_calendar",
            run: "click",
        },
        {
            content: "At the end of today, which is not tomorrow",
            trigger: ".o_calendar_view .o_event.o_event_dot:contains(MIDNIGHT)",
            run: "click",
        },
        {
            content: "A deadline is a moment",
            trigger: ".o_cw_body li:has(.fa-clock-o)",
            run({anchor}) {
                const text = anchor.textContent.trim();
                if (!/^(11|23):59( [AP]M)?$/.test(text)) {
                    throw new Error(`The deadline is said to be ${text}`);
                }
            },
        },
    ],
});

const WHOLE = {
    name: "408-0001108-0001108",
    marketplace_id: "Zalando",
    customer_name: "Robin Muster",
    due_at: "tomorrow",
    lengow_status: "Waiting for Acceptance",
};

registry.category("web_tour.tours").add("lengow_whole_columns", {
    steps: () => [
        {
            trigger: ".o_data_row:contains(408-0001108-0001108)",
            run() {
                checkWhole(this.anchor, WHOLE);
            },
        },
        {
            content: "A sum is longer than what it is the sum of",
            trigger: "tfoot .o_list_number:contains(1,142,241.57)",
            run: checkSum,
        },
        {
            trigger: ".o_data_row:contains(408-0001108-0001108) [name=name]",
            run: "click",
        },
        {
            trigger: ".o_form_view tfoot .o_list_number:contains(1,002,241.57)",
            run: checkSum,
        },
    ],
});

const WHOLE_MARKETPLACE = [
    {
        trigger: ".o_data_row:contains(BRAND-1)",
        run() {
            checkWhole(this.anchor, {
                name: "BRAND-1",
                marketplace_id: "Galeries Lafayette (My Brand)",
            });
        },
    },
    {
        content: "Nothing has to be moved to be seen",
        trigger: ".o_list_renderer",
        run() {
            const {scrollWidth, clientWidth} = this.anchor;
            if (scrollWidth > clientWidth) {
                throw new Error(`${scrollWidth} px in ${clientWidth}.`);
            }
        },
    },
];

registry.category("web_tour.tours").add("lengow_whole_marketplace", {
    steps: () => WHOLE_MARKETPLACE,
});

registry.category("web_tour.tours").add("lengow_marketplace_on_a_line", {
    steps: () => [
        ...WHOLE_MARKETPLACE,
        {
            trigger: ".o_data_row:contains(BRAND-1) [name=marketplace_id]",
            run() {
                const text = document.createRange();
                text.selectNodeContents(
                    [...this.anchor.querySelectorAll("span")].at(-1)
                );
                const lines = text.getClientRects().length;
                if (lines > 1) {
                    throw new Error(`${lines} lines.`);
                }
            },
        },
    ],
});
