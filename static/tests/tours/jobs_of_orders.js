import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {argument, download, paste, select} from "./steps";

// A merchant's day, job by job, each by the shortest way from the first page of the app:
// what it costs is counted.

const tours = registry.category("web_tour.tours");
const click = (trigger) => ({trigger, run: "click"});
const tile = (job) => click(`.o_lengow_overview_head [data-job=${job}]`);
const menu = (name) => click(`[data-menu-xmlid='lengow_connector.${name}']`);
const allOrders = () => [menu("lengow_menu_orders"), menu("lengow_menu_order_all")];
const open = (number) => click(`.o_data_cell:contains(${number})`);
const shows = (count) => ({trigger: `.o_list_view .o_pager_limit:contains(${count})`});
const selectAll = click(".o_list_view thead .o_list_record_selector input");
const confirm = click(".modal button[name=action_confirm]:visible");
const gear = click("body:has(.o_form_view) .o_cp_action_menus button:has(.fa-cog)");
const gearOfList = click(".o_cp_action_menus button:has(.fa-cog)");

tours.add("lengow_job_accept", {
    url: "/odoo/lengow",
    steps: () => [
        tile("to_accept"),
        shows(5),
        selectAll,
        click(".o_control_panel button[name=action_accept]:contains(Accept 5)"),
        {
            content: "One of the marketplaces takes a country, and has proposed it",
            trigger: `${argument("expedition_country_code")} select:value(FRA)`,
        },
        confirm,
        {
            trigger: ".o_notification:contains(5 orders)",
        },
    ],
});

tours.add("lengow_job_refuse", {
    url: "/odoo/lengow",
    steps: () => [
        tile("to_accept"),
        select("TOUR-1"),
        select("TOUR-2"),
        select("TOUR-3"),
        click(".o_control_panel button[name=action_refuse]"),
        {
            trigger: `${argument("reason")} input`,
            run: "edit Out of stock",
        },
        confirm,
        {
            trigger: ".o_notification:contains(3 orders)",
        },
    ],
});

tours.add("lengow_job_vat_paid_by_marketplace", {
    url: "/odoo/lengow",
    steps: () => [
        tile("to_fix"),
        click(
            ".o_data_row:contains(TOUR-VAT) .o_lengow_fix:contains(Set Fiscal Position)"
        ),
        {
            trigger: ".modal [name=deemed_supplier_fiscal_position_id] input",
            run: "edit Paid by",
        },
        click(".o-autocomplete--dropdown-item:contains(Paid by Marketplace)"),
        confirm,
        {
            content: "It is imported at once, and nothing is left to fix",
            trigger:
                "body:not(:has(.modal)) .o_list_view:not(:has(.o_data_row:contains(TOUR-VAT)))",
        },
    ],
});

tours.add("lengow_job_deliver_without_carrier", {
    url: "/odoo/lengow",
    steps: () => [
        tile("to_ship"),
        open("TOUR-BARE"),
        click("button.btn-primary[name=action_deliver]"),
        {
            content: "What the marketplace requires is said before, and entered there",
            trigger: ".o_form_view .alert-info:contains(Cdiscount requires) input",
        },
        {
            trigger: ".alert-info [name=carrier_id] input",
            run: "edit Colis",
        },
        click(".o-autocomplete--dropdown-item:contains(Colissimo)"),
        {
            trigger: ".alert-info [name=carrier_tracking_ref] input",
            run: "edit 6A-BARE",
        },
        click("button[name=button_validate]"),
        {
            trigger:
                ".o_form_view:not(:has(.alert-warning)) .o_arrow_button_current:contains(Done)",
        },
    ],
});

tours.add("lengow_job_link_carrier", {
    url: "/odoo/lengow",
    steps: () => [
        tile("to_ship"),
        open("TOUR-LINK"),
        click(".alert-warning button[name=action_link_carrier]"),
        {
            content: "What is called alike is chosen",
            trigger: ".modal [name=lengow_carrier_id] input:value(Colissimo)",
        },
        click(".modal button[name=action_link]"),
        {
            content: "What is still missing is asked for",
            trigger:
                "body:not(:has(.modal)) .o_form_view:not(:has(button[name=action_link_carrier]))",
        },
        click(".alert-warning button[name=action_open_ship]"),
        {
            trigger: `${argument("tracking_number")} input`,
            run: "edit 6A-LATE",
        },
        confirm,
        {
            trigger: ".o_form_view:not(:has(.alert-warning)) .alert-info",
        },
    ],
});

tours.add("lengow_job_ship_many", {
    url: "/odoo/lengow",
    steps: () => [
        tile("to_ship"),
        shows(8),
        selectAll,
        click(".o_control_panel button[name=action_open_ship]"),
        {
            trigger: `${argument("carrier")} select`,
            run: "select Colissimo",
        },
        {
            content: "A column of a spreadsheet",
            trigger: ".modal .o_lengow_row[data-order=TOUR-1] input",
            run: paste(
                [1, 2, 3, 4, 5, 6, 7, 8]
                    .map((number) => `TOUR-${number}\tN${number}\n`)
                    .join("")
            ),
        },
        click(".modal button[name=action_confirm]:contains(Send):visible"),
        {
            trigger: "body:not(:has(.modal)) .o_notification:contains(8 orders)",
        },
    ],
});

tours.add("lengow_job_cancel_a_piece", {
    url: "/odoo/lengow",
    steps: () => [
        tile("to_ship"),
        open("TOUR-CANCEL"),
        gear,
        click(".o-dropdown-item:contains(Cancel on the Marketplace)"),
        {
            trigger: ".modal .o_lengow_line[data-sku=MUG] input[inputmode=decimal]",
            run: "edit 1",
        },
        click(
            ".modal button[name=action_confirm]:visible:contains(Cancel Lines):contains(10.00)"
        ),
        {
            trigger: "body:not(:has(.modal)) .o_form_view .alert-info",
        },
    ],
});

tours.add("lengow_job_refund_a_part", {
    url: "/odoo/lengow",
    steps: () => [
        ...allOrders(),
        open("TOUR-REFUND"),
        gear,
        click(".o-dropdown-item:contains(Refund)"),
        {
            trigger: ".modal .o_lengow_line[data-sku=MUG] input[inputmode=decimal]",
            run: "edit 10",
        },
        {
            trigger: `${argument("reason")} select`,
            run: "selectByIndex 1",
        },
        click(
            ".modal button[name=action_confirm]:visible:contains(Refund):contains(10.00)"
        ),
        {
            trigger: "body:not(:has(.modal)) .o_form_view .alert-info",
        },
    ],
});

tours.add("lengow_job_due_today", {
    url: "/odoo/lengow",
    steps: () => [
        tile("to_ship_today"),
        {
            trigger:
                ".o_list_view:has(.o_data_row:contains(TODAY)) .o_pager_limit:contains(1)",
        },
    ],
});

tours.add("lengow_job_failed", {
    url: "/odoo/lengow",
    steps: () => [
        tile("action_failed"),
        {
            trigger:
                ".o_list_view:has(.o_data_row:contains(FAILED)) .o_pager_limit:contains(1)",
        },
    ],
});

tours.add("lengow_job_print", {
    url: "/odoo/lengow",
    steps: () => [
        tile("documents_to_print"),
        shows(10),
        selectAll,
        click(".o_control_panel button[name=action_print_documents]"),
        {
            trigger: ".modal [name=printable_count]:contains(10)",
        },
        {
            trigger: ".modal button[name=action_print]",
            run: ({anchor}) => {
                browser.open = async (url) => {
                    const answer = await browser.fetch(url);
                    document.body.dataset.printed = `${answer.status}`;
                    return {closed: false};
                };
                anchor.click();
            },
        },
        {
            trigger: "body[data-printed='200']:not(:has(.modal))",
        },
        {
            content: "What is printed leaves its queue",
            trigger: ".o_list_view:not(:has(.o_data_row:contains(A-)))",
        },
    ],
});

tours.add("lengow_job_export", {
    url: "/odoo/lengow",
    steps: () => [
        ...allOrders(),
        {
            ...shows(10),
            content: "What is listed; nothing has to be selected",
        },
        gearOfList,
        click(".o-dropdown--menu .o-dropdown-item:contains(Export for Accounting)"),
        {
            trigger: ".modal [name=order_count]:contains(10)",
        },
        {
            trigger: ".modal button[name=action_export]",
            run: download,
        },
        {
            trigger: "body[data-downloaded='200']:not(:has(.modal))",
        },
    ],
});
