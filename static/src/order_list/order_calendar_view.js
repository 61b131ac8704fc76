import {registry} from "@web/core/registry";
import {calendarView} from "@web/views/calendar/calendar_view";

// Odoo's calendar; its name lets orders look other than meetings do.
registry.category("views").add("lengow_order_calendar", calendarView);
