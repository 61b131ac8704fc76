import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("lengow_new_catalogue", {
    url: "/odoo/lengow-catalogs",
    steps: () => [
        {
            trigger: ".o-kanban-button-new",
            run: "click",
        },
        {
            trigger: ".modal [name=name] input",
            run: "edit Our Shop in Spain",
        },
        {
            content: "Warehouses are there already, and columns as Lengow calls them",
            trigger: ".modal [name=warehouse_ids] .o_tag",
        },
        {
            trigger: ".modal button[name=action_create]",
            run: "click",
        },
        {
            content: "Nothing goes to Lengow yet",
            trigger:
                "body:not(:has(.modal)) .o_form_view:has(.o_field_widget[name=name] input) .alert-info:contains(Nothing goes to Lengow yet)",
        },
    ],
});

tours.add("lengow_mend_catalogue_issue", {
    url: "/odoo/lengow-catalog-issues",
    steps: () => [
        {
            content: "What is wrong, by kind",
            trigger: ".o_group_header:contains(No weight):contains(2)",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(MUG) td[name=weight]",
            run: "click",
        },
        {
            trigger: ".o_selected_row [name=weight] input",
            run: "edit 0.4 && press Enter",
        },
        {
            content: "It is mended, and the next one is asked",
            trigger: ".o_data_row:contains(MUG):contains(Mended)",
        },
        {
            trigger:
                ".o_selected_row:contains(SHIRT), .o_selected_row [name=weight] input",
        },
        {
            trigger: ".o_list_button_discard",
            run: "click",
        },
    ],
});

tours.add("lengow_mend_catalogue_issue_on_a_phone", {
    url: "/odoo/lengow-catalog-issues",
    steps: () => [
        {
            trigger: ".o_kanban_record:contains(No weight):contains(MUG)",
            run: "click",
        },
        {
            content: "What to do, and where",
            trigger: ".alert-warning:contains(Enter the weight)",
        },
        {
            trigger: ".o_form_view [name=weight] input",
            run: "edit 0.4",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_form_saved",
        },
    ],
});

tours.add("lengow_preview_catalogue", {
    url: "/odoo/lengow-catalogs",
    steps: () => [
        {
            trigger: ".o_kanban_record:contains(Tour Catalog)",
            run: "click",
        },
        {
            trigger: "button[name=action_preview]",
            run: "click",
        },
        {
            content: "The heads as Lengow reads them, and the first rows",
            trigger: ".modal .o_lengow_table th:contains(quantity)",
        },
        {
            trigger: ".modal .o_lengow_table tbody tr:contains(MUG):contains(new)",
        },
        {
            trigger: ".modal .o_notebook_headers a:contains(One Product)",
            run: "click",
        },
        {
            content: "Each value with its source",
            trigger: ".modal [name=details] tr:contains(condition):contains(Always)",
        },
        {
            trigger: ".modal .modal-footer button:contains(Close)",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_form_view",
        },
    ],
});
