"""Who may do what, as the product means it: the table of rights.

`tests/test_rights.py` walks every model, field, public method, dialog, route and report
of the addon and compares. What is new must get its line here, by somebody who has
thought about who needs it. The kinds of users are those of `tests/common/rights.py`:
public, portal, internal, salesperson, storekeeper, accountant, auditor (reads the
accounting), user (of Lengow), exporter (a user with access to exports), manager (of
Lengow) and elsewhere (a manager of another company).
"""

# What is read (R), written (W), created (C) and deleted (U): by model, of a record of
# another company where the kind is elsewhere. Kinds that are left out may nothing. Who
# writes a model at all writes the FIELDS of it and no others; for `lengow.order`, that
# it may be written means that it may be acted on.
READ = {"user": "R", "exporter": "R", "manager": "R"}
ACT = {"user": "RW", "exporter": "RW", "manager": "RW"}
CONFIGURE = {"user": "R", "exporter": "R", "manager": "RW"}
# Everybody has dialogs of their own.
DIALOG = {"user": "RWCU", "exporter": "RWCU", "manager": "RWCU", "elsewhere": "RWCU"}

MODELS = {
    "lengow.account": {
        "user": "R",
        "exporter": "R",
        "manager": "RWCU",
        "elsewhere": "C",
    },
    "lengow.account.pause": {"manager": "RWCU", "elsewhere": "RWCU"},
    "lengow.action": READ,
    "lengow.action.argument": DIALOG,
    "lengow.action.line": DIALOG,
    "lengow.carrier": {"storekeeper": "R", **CONFIGURE},
    "lengow.carrier.link": {"storekeeper": "RWCU", **DIALOG},
    "lengow.carrier.matrix": DIALOG,
    "lengow.carrier.matrix.row": DIALOG,
    "lengow.catalogue": {
        "user": "R",
        "exporter": "R",
        "manager": "RWCU",
        "elsewhere": "C",
    },
    "lengow.catalogue.column": {
        "user": "R",
        "exporter": "R",
        "manager": "RWCU",
        "elsewhere": "C",
    },
    "lengow.catalogue.change": READ,
    "lengow.catalogue.fetch": READ,
    # That it may be written means that its product may be mended.
    "lengow.catalogue.issue": ACT,
    "lengow.catalogue.preview": DIALOG,
    "lengow.catalogue.row": READ,
    "lengow.catalogue.check": {"manager": "RWCU", "elsewhere": "RWCU"},
    "lengow.catalogue.setup": {"manager": "RWCU", "elsewhere": "RWCU"},
    "lengow.commission": {"accountant": "R", "auditor": "R"},
    "lengow.company.check": {"manager": "RWCU", "elsewhere": "RWCU"},
    "lengow.company.check.row": {"manager": "RWCU", "elsewhere": "RWCU"},
    "lengow.day.check": READ,
    "lengow.delivery.rule": {
        "user": "R",
        "exporter": "R",
        "manager": "RWCU",
        "elsewhere": "C",
    },
    "lengow.dismiss": DIALOG,
    "lengow.document": {
        "accountant": "R",
        "user": "RW",
        "exporter": "RW",
        "manager": "RW",
    },
    "lengow.document.print": {
        "accountant": "RWC",
        "user": "RWC",
        "exporter": "RWC",
        "manager": "RWC",
        "elsewhere": "RWC",
    },
    "lengow.export": {"manager": "R"},
    "lengow.known.catalogue": READ,
    "lengow.marketplace": CONFIGURE,
    "lengow.order": ACT,
    "lengow.order.act": DIALOG,
    "lengow.order.act.kind": DIALOG,
    "lengow.lanes": {"manager": "RWCU", "elsewhere": "RWCU"},
    "lengow.order.anonymise": {"manager": "RWCU", "elsewhere": "RWCU"},
    "lengow.order.cancel": DIALOG,
    "lengow.order.decide": DIALOG,
    "lengow.order.decide.line": DIALOG,
    "lengow.order.export": {
        "user": "RWC",
        "exporter": "RWC",
        "manager": "RWC",
        "elsewhere": "RWC",
    },
    "lengow.order.fetch": DIALOG,
    "lengow.order.line": READ,
    "lengow.order.refund": DIALOG,
    "lengow.order.report": READ,
    "lengow.order.resolve": DIALOG,
    "lengow.order.resolve.line": DIALOG,
    "lengow.order.address": DIALOG,
    "lengow.order.difference": DIALOG,
    "lengow.order.setting": {"manager": "RWCU", "elsewhere": "RWCU"},
    "lengow.order.ship": DIALOG,
    "lengow.order.ship.row": DIALOG,
    "lengow.routing.rule": {
        "user": "R",
        "exporter": "R",
        "manager": "RWCU",
        "elsewhere": "C",
    },
    "lengow.report.month": {
        "user": "RWC",
        "exporter": "RWC",
        "manager": "RWC",
        "elsewhere": "RWC",
    },
    "lengow.run": {"manager": "R"},
    # That of a manager, which nobody else sees; everybody's own serves them.
    "lengow.task": {"manager": "R"},
    "lengow.tax.report": {"accountant": "R", "auditor": "R", **READ},
    # What the scheduled actions keep for themselves.
    "lengow.allowance": {},
    "lengow.pause": {},
    "lengow.product.alias": {
        "user": "RWC",
        "exporter": "RWC",
        "manager": "RWCU",
        "elsewhere": "C",
    },
}

# What people write at most, whatever else they may in Odoo. Everything else says what
# Lengow told or what was done, and only the system writes it.
FIELDS = {
    "account.move": "",
    "delivery.carrier": "lengow_carrier_ids",
    "lengow.account": (
        "accept_warning_hours access_token active alert_minutes alert_user_ids "
        "alert_waiting_hours anonymise_after_months "
        "anonymise_off_reason "
        "anonymise_orders b2b_fiscal_position_id base_url calls_per_minute "
        "commission_account_id commission_analytic_id commission_booking "
        "commission_from commission_journal_id commission_partner_id "
        "commission_product_id commission_tax_ids "
        "company_id "
        "completeness_days currency_conversion deemed_supplier_fiscal_position_id "
        "deemed_supplier_policy delivery_choice delivery_method_id difference_limit "
        "difference_product_id discount_product_id "
        "document_hosts fallback_product_id fee_policy "
        "fee_product_id "
        "fiscal_position_id fulfilment_warehouse_id "
        "import_fulfilled_by_marketplace import_max_age_days import_orders_from "
        "import_taken_orders import_window_days "
        "invoice_journal_id invoice_partner_id invoice_retention_years name "
        "orders_synced_until partner_tag_ids payment_journal_id "
        "payment_method_line_id payment_term_id pickup_type_id placeholders "
        "pricelist_id product_match relay_domains relay_emails "
        "report_errors_by_mail route_id sale_name sale_name_prefix salesperson_id "
        "secret_token service_tax_policy ship_warning_hours shipping_product_id "
        "tag_ids team_id "
        "test_mode undo_seconds unsaleable_products user_id warehouse_id"
    ),
    "lengow.action": "",
    "lengow.carrier": "active carrier_id other_carrier_ids",
    "lengow.catalogue": (
        "account_id active addresses base_url buffer column_ids company_id domain "
        "fiscal_position_id hold_lost hold_price hold_zero identity "
        "known_catalogue_id lang_id "
        "lengow_number maximum_quantity name only_selected picture_size preset "
        "pricelist_id "
        "token_days untracked_quantity user_id warehouse_ids with_parents "
        "withdrawn_days"
    ),
    "lengow.catalogue.column": (
        "attribute_id catalogue_id constant fiscal_position_id header lang_id path "
        "price_kind pricelist_id quantity_kind sequence source standard use_template "
        "warehouse_ids"
    ),
    "lengow.catalogue.change": "",
    "lengow.catalogue.fetch": "",
    # of its product
    "lengow.catalogue.issue": "barcode categ_id default_code lst_price name weight",
    "lengow.catalogue.row": "",
    "lengow.commission": "",
    "lengow.day.check": "",
    "lengow.delivery.rule": (
        "account_id carrier_name delivery_method_id destination marketplace_id "
        "method_name sequence service"
    ),
    "lengow.document": "kind",
    "lengow.export": "",
    "lengow.known.catalogue": "",
    "lengow.marketplace": (
        "acceptance_hours active auto_accept auto_accept_amount_limit "
        "auto_accept_incoming auto_accept_known_skus auto_accept_price_floor "
        "auto_accept_stock auto_accept_stock_buffer auto_refuse auto_refuse_lines "
        "auto_refuse_reason "
        "b2b_fiscal_position_id "
        "commission_account_id commission_analytic_id commission_booking "
        "commission_from commission_journal_id commission_partner_id "
        "commission_product_id commission_tax_ids "
        "deemed_supplier_fiscal_position_id delivery_choice delivery_method_id "
        "fallback_product_id fee_policy fiscal_position_id "
        "fulfilment_warehouse_id import_orders_from import_taken_orders "
        "invoice_journal_id invoice_partner_id "
        "invoiced_by_marketplace name "
        "partner_tag_ids payment_journal_id payment_method_line_id "
        "payment_term_id pickup_type_id placeholders pricelist_id product_match "
        "relay_domains relay_emails route_id sale_name sale_name_prefix salesperson_id "
        "send_invoices service_tax_policy "
        "ship_waits_for_tracking shipping_product_id tag_ids team_id "
        "unsaleable_products warehouse_id workflow"
    ),
    "lengow.order": "",
    "lengow.order.line": "",
    "lengow.order.report": "",
    "lengow.run": "",
    "lengow.task": "",
    "lengow.tax.report": "",
    "lengow.product.alias": "account_id factor marketplace_id product_id sku",
    # the company, too, of those that one works in
    "lengow.routing.rule": (
        "account_id active b2b_fiscal_position_id catalogue "
        "country_group_ids country_ids deemed_supplier_fiscal_position_id "
        "delivery_method_id fiscal_position_id fulfilment_warehouse_id "
        "invoice_journal_id invoice_partner_id known_catalogue_ids marketplace_id "
        "payment_journal_id "
        "payment_method_line_id payment_term_id pickup_type_id pricelist_id route_id "
        "salesperson_id sequence shipping_product_id tag_ids team_id warehouse_id"
    ),
    "product.document": "lengow_is_picture",
    "product.product": "lengow_buffer lengow_has_buffer lengow_is_selected",
    "product.template": "lengow_buffer lengow_has_buffer lengow_is_selected",
    "res.partner": "",
    "sale.order": "",
    "sale.order.line": "",
    # the first is Odoo's own, which has got an index here
    "stock.picking": "carrier_tracking_ref lengow_return_tracking_ref",
}

# Whom a public method serves: everybody else gets an AccessError. Of methods of Odoo
# that the addon extends it is what Odoo itself says.
USERS = "user exporter manager"
MANAGERS = "manager"
SELLERS = f"salesperson storekeeper accountant auditor {USERS}"

METHODS = {
    "account.move.action_lengow_refund": USERS,
    "account.move.action_lengow_send_invoice": "accountant",
    "account.move.action_open_lengow_commissions": "accountant auditor",
    "account.move.action_open_lengow_documents": f"accountant auditor {USERS}",
    "account.move.button_draft": f"accountant auditor {USERS}",
    "lengow.account.action_begin_import": MANAGERS,
    "lengow.account.action_close_setup": MANAGERS,
    "lengow.account.action_download_report": MANAGERS,
    "lengow.account.action_connect": MANAGERS,
    "lengow.account.action_disconnect": MANAGERS,
    "lengow.account.action_fetch_missing": USERS,
    "lengow.account.action_go_live": MANAGERS,
    "lengow.account.action_open_marketplaces": USERS,
    "lengow.account.action_open_orders": USERS,
    "lengow.account.action_open_pause": MANAGERS,
    "lengow.account.action_open_runs": MANAGERS,
    "lengow.account.action_resume": MANAGERS,
    "lengow.account.pause.action_confirm": MANAGERS,
    "lengow.account.action_open_orders_to_fix": USERS,
    "lengow.account.action_preview_anonymisation": MANAGERS,
    "lengow.account.action_resend_failed": USERS,
    "lengow.account.action_setup_carriers": MANAGERS,
    "lengow.account.action_setup_catalogue": MANAGERS,
    "lengow.account.action_setup_company": MANAGERS,
    "lengow.account.action_setup_connect": MANAGERS,
    "lengow.account.action_setup_go": MANAGERS,
    "lengow.account.action_setup_import": MANAGERS,
    "lengow.account.action_setup_import_done": MANAGERS,
    "lengow.account.action_setup_products": MANAGERS,
    "lengow.account.action_sync_marketplaces": MANAGERS,
    "lengow.account.action_sync_orders": USERS,
    "lengow.account.action_use_this_database": MANAGERS,
    "lengow.action.action_cancel": USERS,
    "lengow.action.action_correct": USERS,
    "lengow.action.action_open_dismiss": USERS,
    "lengow.action.action_open_order": USERS,
    "lengow.action.action_resend_failed": USERS,
    "lengow.action.action_retry": USERS,
    "lengow.action.action_take_up": USERS,
    "lengow.action.action_undo": USERS,
    "lengow.carrier.action_confirm_proposal": MANAGERS,
    "lengow.carrier.action_link_by_method": MANAGERS,
    "lengow.carrier.link.action_link": f"storekeeper {USERS}",
    "lengow.carrier.matrix.action_link": "manager elsewhere",
    "lengow.catalogue.action_check_url": MANAGERS,
    "lengow.catalogue.action_end_old_token": MANAGERS,
    "lengow.catalogue.action_open_push_errors": USERS,
    "lengow.catalogue.action_open_address": USERS,
    "lengow.catalogue.action_open_changes": USERS,
    "lengow.catalogue.action_open_errors": USERS,
    "lengow.catalogue.action_open_fetches": USERS,
    "lengow.catalogue.action_open_issues": USERS,
    "lengow.catalogue.action_open_out_of_stock": USERS,
    "lengow.catalogue.action_open_products": USERS,
    "lengow.catalogue.action_open_rows": USERS,
    "lengow.catalogue.action_open_unknown": USERS,
    "lengow.catalogue.action_open_withdrawn": USERS,
    "lengow.catalogue.action_preview": USERS,
    "lengow.catalogue.action_push_again": MANAGERS,
    "lengow.catalogue.action_publish": MANAGERS,
    "lengow.catalogue.action_refresh": MANAGERS,
    # It tells the address, which system administrators alone may read.
    "lengow.catalogue.action_register": "",
    "lengow.catalogue.action_release": MANAGERS,
    # Who cannot read the new address could not enter it in Lengow.
    "lengow.catalogue.action_rotate_token": "",
    "lengow.catalogue.action_start_push": MANAGERS,
    "lengow.catalogue.action_stop_push": MANAGERS,
    "lengow.catalogue.check.action_check_again": MANAGERS,
    "lengow.catalogue.change.action_open_row": USERS,
    "lengow.catalogue.issue.action_open_product": USERS,
    "lengow.catalogue.row.action_open_product": USERS,
    "lengow.catalogue.setup.action_create": MANAGERS,
    "lengow.company.check.action_confirm": MANAGERS,
    "lengow.company.check.row.action_open": MANAGERS,
    "lengow.day.check.action_fetch": USERS,
    "lengow.commission.action_open_order": "accountant auditor",
    "lengow.dismiss.action_confirm": USERS,
    "lengow.document.action_fetch": USERS,
    "lengow.document.action_open_file": f"accountant {USERS}",
    "lengow.document.action_open_order": f"accountant {USERS}",
    "lengow.document.action_print": f"accountant {USERS}",
    "lengow.document.print.action_print": f"accountant {USERS}",
    "lengow.export.action_open_orders": MANAGERS,
    "lengow.marketplace.action_link_carriers": MANAGERS,
    "lengow.marketplace.action_open_carriers": USERS,
    "lengow.marketplace.action_open_orders": USERS,
    "lengow.marketplace.action_sync_now": f"{USERS} elsewhere",
    "lengow.marketplace.get_overview": f"{USERS} elsewhere",
    "lengow.order.act.action_choose": USERS,
    "lengow.order.act.action_confirm": USERS,
    "lengow.order.action_accept": USERS,
    "lengow.order.action_apply_changes": USERS,
    "lengow.order.action_deliver": USERS,
    "lengow.order.action_fetch_documents": USERS,
    "lengow.order.action_fix": USERS,
    "lengow.order.action_import": USERS,
    "lengow.order.action_import_again": USERS,
    "lengow.order.action_invoice_again": USERS,
    "lengow.order.action_keep_as_is": USERS,
    "lengow.order.action_open_act": USERS,
    "lengow.order.action_open_actions": USERS,
    "lengow.order.action_open_cancel": USERS,
    "lengow.order.action_open_dismiss": USERS,
    "lengow.order.action_open_documents": USERS,
    "lengow.order.action_open_failed_actions": USERS,
    "lengow.order.action_open_invoices": USERS,
    "lengow.order.action_open_pickings": USERS,
    "lengow.order.action_open_refund": USERS,
    "lengow.order.action_open_resolve": USERS,
    "lengow.order.action_open_sale_orders": USERS,
    "lengow.order.action_open_ship": USERS,
    "lengow.order.action_pickup_cancel": USERS,
    "lengow.order.action_pickup_complete": USERS,
    "lengow.order.action_pickup_ready": USERS,
    "lengow.order.action_print_documents": USERS,
    "lengow.order.action_refresh": USERS,
    "lengow.order.action_refuse": USERS,
    "lengow.order.action_sync_now": f"{USERS} elsewhere",
    "lengow.order.action_take_up": USERS,
    "lengow.order.action_taxes_checked": USERS,
    "lengow.order.action_undo": USERS,
    "lengow.order.action_use_told_address": USERS,
    "lengow.order.anonymise.action_anonymise": MANAGERS,
    "lengow.order.cancel.action_confirm": USERS,
    "lengow.order.cancel.action_other_kind": USERS,
    "lengow.order.decide.action_confirm": USERS,
    "lengow.order.export.action_export": "exporter",
    "lengow.order.fetch.action_fetch": USERS,
    "lengow.order.get_overview": f"{USERS} elsewhere",
    "lengow.order.line.action_match": USERS,
    "lengow.order.refund.action_confirm": USERS,
    "lengow.order.refund.action_other_kind": USERS,
    # Where another company works, its rows are not there.
    "lengow.order.report.action_open_order": f"{USERS} elsewhere",
    "lengow.order.resolve.action_create_missing": f"{USERS} elsewhere",
    "lengow.order.resolve.action_import_products": f"{USERS} elsewhere",
    "lengow.order.resolve.action_pair": f"{USERS} elsewhere",
    "lengow.order.resolve.action_split": f"{USERS} elsewhere",
    "lengow.order.address.action_confirm": USERS,
    "lengow.order.difference.action_confirm": USERS,
    "lengow.order.setting.action_confirm": MANAGERS,
    "lengow.lanes.action_confirm": f"{MANAGERS} elsewhere",
    "lengow.order.ship.action_confirm": USERS,
    "lengow.report.month.action_print": f"{USERS} elsewhere",
    "lengow.task.action_download": f"accountant {USERS} elsewhere",
    "lengow.task.action_go_on": f"accountant {USERS} elsewhere",
    "lengow.task.action_open": f"accountant {USERS} elsewhere",
    "lengow.task.action_open_left": f"accountant {USERS} elsewhere",
    "lengow.task.action_stop": f"accountant {USERS} elsewhere",
    "lengow.tax.report.action_open_order": f"accountant auditor {USERS} elsewhere",
    "sale.order.action_cancel": f"salesperson accountant {USERS}",
    "sale.order.action_confirm": SELLERS,
    "sale.order.action_draft": SELLERS,
    "sale.order.action_open_lengow_documents": SELLERS,
    "sale.order.action_open_lengow_order": SELLERS,
    "stock.picking.action_cancel": f"salesperson storekeeper accountant {USERS}",
    "stock.picking.action_lengow_open_ship": USERS,
    "stock.picking.action_lengow_report": f"salesperson storekeeper accountant {USERS}",
    "stock.picking.action_lengow_tell_again": USERS,
    "stock.picking.action_link_carrier": f"storekeeper {USERS}",
    "stock.picking.action_open_lengow_order": SELLERS,
    "stock.picking.button_validate": SELLERS,
}

# What answers over HTTP, and to whom; of those, to whoever made the dialog alone. What
# is public asks for a secret in the address.
ROUTES = {
    "/lengow/accounts/<int:account_id>/report": "user",
    "/lengow/catalogue/<int:catalogue_id>/<string:token>/<string:file>": "public",
    "/lengow/documents/print/<int:job_id>": "user",
    "/lengow/image/<string:signed>/<string:name>": "public",
    "/lengow/orders/export/<int:export_id>": "user",
    "/lengow/tasks/<int:task_id>/file": "user",
}

# Reports and server actions, which run beside the rights of a model. The page a month
# is printed of a dialog, so that it is for whoever made that.
REPORTS = [
    "lengow_account_report_action",
    "lengow_deselect_product_action",
    "lengow_deselect_template_action",
    "lengow_match_products_action",
    "lengow_order_address_action",
    "lengow_report_month_report",
    "lengow_select_product_action",
    "lengow_select_template_action",
]

# Models of Odoo without a field that only the system writes.
UNGUARDED = (
    "delivery.carrier",
    "product.document",
    "product.product",
    "product.template",
)
