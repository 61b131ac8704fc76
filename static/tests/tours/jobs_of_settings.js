import {registry} from "@web/core/registry";

// What is done now and then, by whoever keeps the books or the settings.

const tours = registry.category("web_tour.tours");
const click = (trigger) => ({trigger, run: "click"});
const menu = (name) => click(`[data-menu-xmlid='${name}']`);

tours.add("lengow_job_accountant", {
    url: "/odoo",
    steps: () => [
        click(".o_navbar_apps_menu button"),
        menu("account.menu_finance"),
        menu("account.menu_finance_receivables"),
        menu("lengow_connector.account_menu_lengow_document"),
        {
            content: "Invoices first",
            trigger: ".o_searchview_facet:contains(Invoices)",
        },
        {
            trigger:
                ".o_list_view:has(.o_data_row:contains(invoice.pdf)) .o_pager_limit:contains(1)",
        },
    ],
});

tours.add("lengow_job_configure", {
    url: "/odoo/lengow",
    steps: () => [
        menu("lengow_connector.lengow_menu_config"),
        menu("lengow_connector.lengow_menu_marketplace"),
        click(".o_data_cell:contains(Cdiscount)"),
        click(".o_form_view [name=workflow] input"),
        click(".o_select_menu_item:contains(/^Confirm$/)"),
        click(".o_form_view .nav-link[name=acceptance]"),
        click("[name=auto_accept] input"),
        click(
            ".o_form_view .alert-info button[name=action_link_carriers]:contains(Review)"
        ),
        {
            trigger:
                ".modal .o_lengow_carriers:contains(Cdiscount) [name=lengow_carrier_id] input:value(Colissimo)",
        },
        click(".modal button[name=action_link]"),
        {
            trigger:
                "body:not(:has(.modal)) .o_form_view:not(:has(button[name=action_link_carriers]))",
        },
    ],
});

tours.add("lengow_job_alias", {
    url: "/odoo/lengow",
    steps: () => [
        menu("lengow_connector.lengow_menu_config"),
        menu("lengow_connector.lengow_menu_alias"),
        click(".o_list_button_add"),
        {
            trigger: ".o_selected_row [name=sku] input",
            run: "edit THEIR-SKU",
        },
        {
            trigger: ".o_selected_row [name=product_id] input",
            run: "edit SHIRT",
        },
        {
            content: "The only one is chosen by Enter",
            trigger:
                "body:has(.o-autocomplete--dropdown-item .ui-state-active:contains(Shirt)) .o_selected_row [name=product_id] input",
            run: "press Enter",
        },
        {
            trigger: ".o_selected_row [name=product_id] input:value(Shirt)",
        },
        click(".o_list_button_save"),
        {
            trigger: ".o_list_view:not(:has(.o_selected_row)) .o_data_row",
        },
    ],
});

tours.add("lengow_job_delete_data", {
    url: "/odoo/lengow",
    steps: () => [
        menu("lengow_connector.lengow_menu_orders"),
        menu("lengow_connector.lengow_menu_order_all"),
        click(".o_data_row:contains(TOUR-GONE) .o_list_record_selector input"),
        click(".o_control_panel .o_cp_action_menus button:contains(Actions)"),
        click(".o-dropdown--menu .o_menu_item:contains(Delete Buyers)"),
        {
            content: "It names the order and its buyer",
            trigger: ".modal [name=listing]:contains(TOUR-GONE):contains(Exemple)",
        },
        click(".modal button[name=action_anonymise]"),
        {
            trigger: "body:not(:has(.modal)) .o_notification",
        },
    ],
});
