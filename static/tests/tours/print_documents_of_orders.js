import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {select} from "./steps";

registry.category("web_tour.tours").add("lengow_print_documents_of_orders", {
    url: "/odoo/lengow-orders",
    steps: () => [
        {
            content: "The paper clip counts the documents of an order",
            trigger: ".o_data_row:contains(A-1) .o_lengow_document_count:contains(2)",
            run: "click",
        },
        {
            content: "And shows them",
            trigger: ".o_list_view .o_pager_limit:contains(2)",
        },
        {
            trigger: ".o_data_row .o_data_cell:contains(delivery_note.pdf)",
        },
        {
            content: "Back to the orders",
            trigger: ".o_back_button, .breadcrumb-item a",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row .o_lengow_document_count",
        },
        select("A-1"),
        select("A-2"),
        {
            trigger: ".o_control_panel button[name=action_print_documents]",
            run: "click",
        },
        {
            content: "Four documents could be printed; the delivery notes are wanted",
            trigger: ".modal [name=printable_count]:contains(4)",
        },
        {
            trigger: ".modal .o_radio_item:contains(Delivery Note) input",
            run: "click",
        },
        {
            trigger: ".modal [name=printable_count]:contains(2)",
        },
        {
            trigger: ".modal button[name=action_print]",
            run: ({anchor}) => {
                const {open} = browser;
                browser.open = async (url) => {
                    browser.open = open;
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
            content: "Open an order: it shows its documents and who printed them",
            trigger: ".o_data_row .o_data_cell:contains(A-1)",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_notebook .nav-link:contains(Documents)",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_data_row:contains(delivery_note.pdf)",
        },
    ],
});
