import {registry} from "@web/core/registry";
import {download, select} from "./steps";

// What a button brings about is over by then.
const WHAT_MAY_FOLLOW = 2000;

const tours = registry.category("web_tour.tours");

tours.add("lengow_begin_task", {
    url: "/odoo/lengow-orders",
    steps: () => [
        select("A-1"),
        select("A-3"),
        {
            trigger: ".o_control_panel .o_cp_action_menus button:contains(Actions)",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .o_menu_item:contains(Export for Accounting)",
            run: "click",
        },
        {
            content: "These are too many to wait for",
            trigger: ".modal button[name=action_export]",
            run: "click",
        },
        {
            content: "It is said at once how far it is",
            trigger: ".modal [name=progress] .o_progress",
        },
        {
            trigger: ".modal [name=total_count]:contains(2)",
        },
        {
            content: "It stays until somebody closes it",
            trigger: ".modal [name=total_count]:contains(2)",
            run: () => new Promise((resolve) => setTimeout(resolve, WHAT_MAY_FOLLOW)),
        },
        {
            content: "Nothing is there to download yet",
            trigger: ".modal:not(:has(button[name=action_download]))",
        },
        {
            content: "It goes on without this window",
            trigger: ".modal .modal-footer button:contains(Close)",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
    ],
});

tours.add("lengow_page_of_task", {
    steps: () => [
        {
            content: "Whatever can be done with it can be done from its page, too",
            trigger: ".o_form_view .o_statusbar_buttons button[name=action_download]",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Done)",
        },
        {
            content: "It is opened in the app that its address belongs to",
            trigger: ".o_main_navbar .o_menu_brand:contains(Lengow)",
        },
    ],
});

tours.add("lengow_download_task", {
    url: "/odoo/lengow-tasks",
    steps: () => [
        {
            content: "It is done",
            trigger: ".o_data_row [name=state]:contains(Done)",
        },
        {
            content: "Download the file; the browser saves it",
            trigger: ".o_data_row button[name=action_download]",
            run: download,
        },
        {
            trigger: "body[data-downloaded='200']",
        },
        {
            content: "Open it",
            trigger: ".o_data_row [name=kind]",
            run: "click",
        },
        {
            trigger: ".modal [name=message]:contains(Orders in the file: 2 of 2)",
        },
        {
            content: "Whatever can be done with it can be done from here",
            trigger: ".modal .modal-footer button[name=action_download]",
        },
        {
            trigger: ".modal .modal-footer button:contains(Close)",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_list_view",
        },
    ],
});
