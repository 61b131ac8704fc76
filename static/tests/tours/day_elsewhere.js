import {registry} from "@web/core/registry";
import {argument, select} from "./steps";

// What a merchant does on the phone, in another language, and with no mouse.

const fitsTheScreen = () => {
    const {scrollWidth, clientWidth} = document.documentElement;
    if (scrollWidth > clientWidth) {
        throw new Error(`The page is ${scrollWidth - clientWidth} px too wide.`);
    }
};

registry.category("web_tour.tours").add("lengow_ship_on_a_phone", {
    url: "/odoo/lengow",
    steps: () => [
        {
            trigger: ".o_lengow_overview_head [data-job=to_ship]",
            run: "click",
        },
        {
            content: "Orders are cards, and the chips of the jobs stay on the screen",
            trigger: ".o_kanban_record:contains(TOUR-PHONE)",
            run: fitsTheScreen,
        },
        {
            trigger: ".o_kanban_record:contains(TOUR-PHONE)",
            run: "click",
        },
        {
            content: "The lines are cards that say how many of what",
            trigger: ".o_form_view .o_field_x2many_kanban .o_kanban_record",
            run: fitsTheScreen,
        },
        {
            trigger: ".o_form_view button[name=action_open_ship]",
            run: "click",
        },
        {
            trigger: `${argument("carrier")} select`,
            run: "select Colissimo",
        },
        {
            trigger: `${argument("tracking_number")} input`,
            run: "edit 6A-PHONE",
        },
        {
            trigger: ".modal button[name=action_confirm]:visible",
            run: fitsTheScreen,
        },
        {
            trigger: ".modal button[name=action_confirm]:visible",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(TOUR-PHONE)",
        },
    ],
});

registry.category("web_tour.tours").add("lengow_accept_in_french", {
    url: "/odoo/lengow-orders",
    steps: () => [
        select("TOUR-FR"),
        {
            trigger: ".o_control_panel button[name=action_accept]:contains(Accepter)",
            run: "click",
        },
        {
            content: "What is under way is said in French, and how to take it back",
            trigger:
                ".o_data_row:contains(TOUR-FR) .o_lengow_pending:contains(Acceptation)",
        },
        {
            trigger: ".o_notification button:contains(Annuler la demande)",
        },
    ],
});

const focused = (name) => ({
    content: `The input of ${name} has the focus`,
    trigger: `${argument(name)} :is(input, select):focus`,
});

registry.category("web_tour.tours").add("lengow_ship_by_keyboard", {
    url: "/odoo/lengow-orders",
    steps: () => [
        {
            content: "From the search to the head of the list, and to its first order",
            trigger:
                "body:has(.o_data_row:contains(TOUR-KEYS)) .o_searchview_input:focus",
            run: "press ArrowDown",
        },
        {
            trigger: ".o_list_view thead .o_list_record_selector input:focus",
            run: "press ArrowDown",
        },
        {
            trigger:
                ".o_data_row:contains(TOUR-KEYS) .o_list_record_selector input:focus",
            run: "press Enter",
        },
        {
            trigger: ".o_form_view button[name=action_open_ship]",
            run: "press Alt+g",
        },
        {
            ...focused("carrier"),
            run: "select Colissimo",
        },
        {
            trigger: `${argument("carrier")} select`,
            run: "press Tab",
        },
        {
            ...focused("tracking_number"),
            run: "edit 6A-KEYS",
        },
        {
            trigger: `${argument("tracking_number")} input`,
            run: "press Alt+q",
        },
        {
            trigger: ".o_notification:contains(TOUR-KEYS)",
        },
    ],
});

registry.category("web_tour.tours").add("lengow_deliver_on_a_phone", {
    url: "/odoo/deliveries",
    steps: () => [
        {
            trigger: ".o_kanban_record:contains(OUT)",
            run: "click",
        },
        {
            content:
                "What the marketplace asks for can be typed, and all of it be seen",
            trigger: ".o_form_view .alert .o_lengow_tracking input",
            run() {
                const {right} = this.anchor.getBoundingClientRect();
                if (
                    right > this.anchor.closest(".alert").getBoundingClientRect().right
                ) {
                    throw new Error("The tracking number leaves its box.");
                }
            },
        },
        {
            trigger: ".o_form_view .alert .o_lengow_tracking input",
            run: "edit 6A-PHONE",
        },
        {
            trigger: ".o_form_button_save:enabled",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_form_saved",
        },
    ],
});
