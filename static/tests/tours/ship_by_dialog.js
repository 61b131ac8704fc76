import {registry} from "@web/core/registry";
import {argument, paste, select} from "./steps";

registry.category("web_tour.tours").add("lengow_ship_by_other_carrier", {
    url: "/odoo/lengow",
    steps: () => [
        {
            trigger: ".o_lengow_overview_head [data-job=to_ship]",
            run: "click",
        },
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
            content: "What it calls for now is said at the field",
            trigger: ".modal button[name=action_confirm]:visible",
            run: "click",
        },
        {
            trigger: `${argument("carrier_name")}:contains(Carrier Name is required by ManoMano FR) input.is-invalid`,
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

const cell = (number) => `.modal .o_lengow_row[data-order=${number}] input`;

registry.category("web_tour.tours").add("lengow_ship_many", {
    url: "/odoo/lengow-orders",
    steps: () => [
        select("TOUR-1"),
        select("TOUR-2"),
        select("TOUR-3"),
        {
            trigger: ".o_control_panel button[name=action_open_ship]",
            run: "click",
        },
        {
            content: "The dialog begins with its first input",
            trigger: `${argument("carrier")} select:focus`,
        },
        {
            content: "Nothing is sent while something is missing",
            trigger: ".modal button[name=action_confirm]:contains(Send 0 of 3):visible",
            run: "click",
        },
        {
            trigger: `${argument("carrier")}:contains(Carrier is required by Cdiscount) select.is-invalid`,
            run: "select DPD",
        },
        {
            content: "A column of a spreadsheet, its title first",
            trigger: cell("TOUR-2"),
            run: paste("Order\tNumber\nTOUR-3\tN3\nNOWHERE\tN9\nTOUR-1\tN1\n"),
        },
        {
            trigger: ".o_notification:contains(NOWHERE)",
        },
        {
            trigger: `${cell("TOUR-1")}:value(N1)`,
        },
        {
            trigger: `${cell("TOUR-2")}.is-invalid`,
        },
        {
            trigger: ".modal button[name=action_confirm]:contains(Send 2 of 3):visible",
            run: "click",
        },
        {
            content: "What has a gap stays, with all that was entered",
            trigger: ".modal .o_lengow_row[data-order=TOUR-1][data-state=planned]",
        },
        {
            trigger: `${argument("carrier")} select:value(DPD)`,
        },
        {
            trigger: `${cell("TOUR-2")}:enabled`,
            run: "edit N2",
        },
        {
            trigger: ".modal button[name=action_confirm]:contains(Send):visible",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_list_view",
        },
    ],
});

const pieces = (sku) =>
    `.modal .o_lengow_line[data-sku=${sku}] input[inputmode=decimal]`;

registry.category("web_tour.tours").add("lengow_ship_in_part", {
    url: "/odoo/lengow-orders",
    steps: () => [
        {
            trigger: ".o_data_cell:contains(TOUR-PART)",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name=action_open_ship]",
            run: "click",
        },
        {
            trigger: `${argument("carrier")} select`,
            run: "select LAPOSTE",
        },
        {
            trigger: `${argument("tracking_number")} input`,
            run: "edit 6A-PART",
        },
        {
            content: "More than there is is said where it was entered",
            trigger: pieces("MUG"),
            run: "edit 4",
        },
        {
            trigger: ".modal button[name=action_confirm]:visible",
            run: "click",
        },
        {
            trigger: `.modal .o_lengow_line:contains(Only 3 left):has(input.is-invalid)`,
        },
        {
            trigger: pieces("MUG"),
            run: "edit 2",
        },
        {
            content: "What was typed last is sent",
            trigger: ".modal button[name=action_confirm]:visible",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(TOUR-PART)",
        },
    ],
});
