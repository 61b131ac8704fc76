import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("lengow_print_documents", {
    url: "/odoo/lengow-documents",
    steps: () => [
        {
            content: "All documents are listed: invoices and delivery notes",
            trigger: ".o_list_view .o_pager_limit:contains(22)",
        },
        {
            content: "What is for Lengow users only is not offered",
            trigger: ".o_list_view:not(:has(button[name=action_fetch]))",
        },
        {
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            content: "Keep the invoices",
            trigger: ".o_filter_menu .o_menu_item:contains(Invoices)",
            run: "click",
        },
        {
            content: "That are not printed yet",
            trigger: ".o_filter_menu .o_menu_item:contains(Not Printed)",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_pager_limit:contains(11)",
        },
        {
            content: "Look for the orders of today",
            trigger: ".o_searchview_input",
            run: "edit TODAY",
        },
        {
            trigger: ".o_searchview_autocomplete .o-dropdown-item:first",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_pager_limit:contains(10)",
        },
        {
            content: "Select the ten",
            trigger: ".o_list_view thead .o_list_record_selector input",
            run: "click",
        },
        {
            content: "Print them; the browser opens the PDF in a new tab",
            trigger: ".o_control_panel button[name=action_print]",
            run: ({anchor}) => {
                const {open} = browser;
                browser.open = async (url) => {
                    browser.open = open;
                    const answer = await browser.fetch(url);
                    const start = (await answer.text()).slice(0, 5);
                    document.body.dataset.printed = `${answer.status} ${start}`;
                    return {closed: false};
                };
                anchor.click();
            },
        },
        {
            content: "What came is a PDF",
            trigger: "body[data-printed='200 %PDF-']",
        },
    ],
});
