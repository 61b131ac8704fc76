import {registry} from "@web/core/registry";
import {argument, select} from "./steps";

registry.category("web_tour.tours").add("lengow_accept_orders", {
    url: "/odoo/lengow-orders",
    steps: () => [
        select("TOUR-1"),
        select("TOUR-2"),
        select("TOUR-3"),
        {
            trigger: ".o_control_panel button[name=action_accept]",
            run: "click",
        },
        {
            content: "Two of three can be accepted; the third says why not",
            trigger: ".modal .alert-info:contains(1):contains(skipped)",
        },
        {
            trigger:
                ".modal .o_lengow_row[data-order=TOUR-3]:contains(does not accept)",
        },
        {
            trigger: ".modal button[name=action_confirm]:contains(Accept 2):visible",
        },
        {
            content: "Where nothing is asked of each order, it has the line to itself",
            trigger: ".modal .o_lengow_row[data-order=TOUR-1]",
            run() {
                const shown = this.anchor.firstElementChild.clientWidth;
                if (shown < this.anchor.clientWidth / 2) {
                    throw new Error(`${shown} px of ${this.anchor.clientWidth}.`);
                }
            },
        },
        {
            content: "The marketplace proposes a country; choose another one",
            trigger: `${argument("expedition_country_code")} select`,
            run: "select BEL",
        },
        {
            trigger: ".modal button[name=action_confirm]:visible",
            run: "click",
        },
        {
            content: "It says what became of each order",
            trigger: ".modal .o_lengow_row[data-order=TOUR-1][data-state=planned]",
        },
        {
            trigger: ".modal .o_lengow_row[data-order=TOUR-3][data-state=left_out]",
        },
        {
            trigger: ".modal footer button:contains(Close)",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_list_view",
        },
    ],
});

registry.category("web_tour.tours").add("lengow_refuse_orders", {
    url: "/odoo/lengow-orders",
    steps: () => [
        select("TOUR-1"),
        select("TOUR-2"),
        {
            trigger: ".o_control_panel button[name=action_refuse]",
            run: "click",
        },
        {
            content: "The marketplace takes a reason",
            trigger: `${argument("reason")} input`,
            run: "edit Out of stock",
        },
        {
            content: "One of them has a reason of its own",
            trigger: ".modal .o_lengow_row[data-order=TOUR-2] input",
            run: "edit Wrong price",
        },
        {
            trigger: ".modal button[name=action_confirm]:visible",
            run: "click",
        },
        {
            content: "It says what was asked for; nothing is left to look at",
            trigger: ".o_notification:contains(2 orders)",
        },
        {
            trigger:
                "body:not(:has(.modal)) .o_data_row:contains(TOUR-2) .o_lengow_pending:contains(Refusing)",
        },
    ],
});

registry.category("web_tour.tours").add("lengow_undo_acceptance", {
    url: "/odoo/lengow-orders",
    steps: () => [
        select("TOUR-1"),
        {
            content: "Nothing is to be known: it is done at once",
            trigger: ".o_control_panel button[name=action_accept]",
            run: "click",
        },
        {
            content: "The row says what is under way",
            trigger:
                ".o_data_row:contains(TOUR-1) .o_lengow_pending:contains(Accepting)",
        },
        {
            trigger: ".o_notification button:contains(Undo)",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(nothing was sent)",
        },
        {
            trigger: ".o_data_row:contains(TOUR-1):not(:has(.o_lengow_pending))",
        },
    ],
});

const lineOf = (sku) => `.modal .o_lengow_decision[data-sku=${sku}]`;

registry.category("web_tour.tours").add("lengow_decide_lines", {
    url: "/odoo/lengow-orders",
    steps: () => [
        {
            trigger: ".o_data_row:contains(TOUR-1) .o_data_cell[name=name]",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name=action_accept]:enabled",
            run: "click",
        },
        {
            content: "All lines are to be accepted, as was asked for",
            trigger: ".modal button[name=action_confirm]:contains(Accept 3):visible",
        },
        {
            content: "One is not there",
            trigger: `${lineOf("MUG")} select`,
            run: "select refuse",
        },
        {
            trigger: `${lineOf("MUG")} input`,
            run: "edit Out of stock",
        },
        {
            content: "One waits for the vendor",
            trigger: `${lineOf("CAP")} select`,
            run: "selectByLabel Decide Later",
        },
        {
            trigger: `${lineOf("CAP")}[data-decision=later]`,
        },
        {
            trigger:
                ".modal button[name=action_confirm]:contains(Accept 1, Refuse 1):visible",
            run: "click",
        },
        {
            content: "It says what is under way, and the rest can still be decided",
            trigger:
                "body:not(:has(.modal)) .o_form_view:contains(Accepting… Refusing…)",
        },
        {
            trigger: ".o_form_view button[name=action_refuse]:enabled",
        },
    ],
});
