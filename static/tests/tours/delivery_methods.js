import {registry} from "@web/core/registry";

// Which delivery method orders get: set by a manager, seen on a delivery.

const tours = registry.category("web_tour.tours");
const click = (trigger) => ({trigger, run: "click"});
const menu = (name) => click(`[data-menu-xmlid='${name}']`);
const choose = (field, name) => [
    {trigger: `${field} input`, run: `edit ${name}`},
    click(`.o-autocomplete--dropdown-item:contains(${name})`),
];

tours.add("lengow_choose_delivery_methods", {
    url: "/odoo/lengow",
    steps: () => [
        menu("lengow_connector.lengow_menu_config"),
        menu("lengow_connector.lengow_menu_marketplace"),
        click(".o_data_cell:contains(Cdiscount)"),
        ...choose(".o_form_view [name=delivery_method_id]", "Our Van"),
        click(".o_form_button_save"),
        {trigger: ".o_form_saved"},
        menu("lengow_connector.lengow_menu_config"),
        menu("lengow_connector.lengow_menu_delivery_rule"),
        click(".o_list_button_add"),
        click(".o_selected_row [name=service] input"),
        click(".o_select_menu_item:contains(/^Express$/)"),
        ...choose(".o_selected_row [name=delivery_method_id]", "Express Courier"),
        click(".o_list_button_save"),
        {
            trigger:
                ".o_list_view:not(:has(.o_selected_row)) .o_data_row:contains(Express Courier)",
        },
    ],
});

tours.add("lengow_link_by_method", {
    url: "/odoo/lengow",
    steps: () => [
        menu("lengow_connector.lengow_menu_config"),
        menu("lengow_connector.lengow_menu_carrier"),
        click("button[name=action_link_by_method]"),
        {
            content: "The same name is filled in",
            trigger:
                ".modal .o_lengow_carriers:contains(Cdiscount) tr:contains(Colissimo) input:value(Colissimo)",
        },
        {
            content: "What is only similar is asked",
            trigger: ".modal tr:contains(DPD Predict) input:value(/^$/)",
        },
        click(".modal tr:contains(DPD Predict) .o_lengow_similar:contains(DPD?)"),
        {trigger: ".modal tr:contains(DPD Predict) input:value(DPD)"},
        click(".modal button[name=action_link]"),
        {trigger: "body:not(:has(.modal)) .o_notification:contains(linked)"},
    ],
});

tours.add("lengow_see_delivery_methods", {
    url: "/odoo/lengow",
    steps: () => [
        menu("lengow_connector.lengow_menu_orders"),
        menu("lengow_connector.lengow_menu_order_all"),
        click(".o_data_cell:contains(TOUR-EXPRESS)"),
        click(".o_form_view button[name=action_open_pickings]"),
        click(".o_form_view .nav-link[name=extra]"),
        {trigger: ".o_form_view [name=carrier_id] input:value(Express Courier)"},
    ],
});

tours.add("lengow_mend_delivery_method", {
    url: "/odoo/lengow",
    steps: () => [
        menu("lengow_connector.lengow_menu_orders"),
        menu("lengow_connector.lengow_menu_order_all"),
        click(".o_data_cell:contains(TOUR-BROKEN)"),
        {trigger: ".o_form_view:contains(“Our Van” is archived)"},
        click(".o_form_view button:contains(Choose Delivery Method)"),
        {
            content: "What has to be changed is there",
            trigger: ".o_form_view [name=delivery_method_id] input:value(Our Van)",
        },
    ],
});
