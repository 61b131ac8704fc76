import {registry} from "@web/core/registry";
import {CalendarCommonPopover} from "@web/views/calendar/calendar_common/calendar_common_popover";
import {CalendarCommonRenderer} from "@web/views/calendar/calendar_common/calendar_common_renderer";
import {CalendarModel} from "@web/views/calendar/calendar_model";
import {CalendarRenderer} from "@web/views/calendar/calendar_renderer";
import {calendarView} from "@web/views/calendar/calendar_view";

const {DateTime} = luxon;

/** A deadline is a moment: of the hour that Odoo makes of it, only the beginning is told. */
class DeadlinePopover extends CalendarCommonPopover {
    computeDateTimeAndDuration() {
        super.computeDateTimeAndDuration();
        this.time &&= this.time.split(" - ")[0];
        this.timeDuration = null;
    }
}

class DeadlineCommonRenderer extends CalendarCommonRenderer {
    static components = {
        ...CalendarCommonRenderer.components,
        Popover: DeadlinePopover,
    };
}

class DeadlineRenderer extends CalendarRenderer {
    static components = {
        ...CalendarRenderer.components,
        day: DeadlineCommonRenderer,
        week: DeadlineCommonRenderer,
        month: DeadlineCommonRenderer,
    };
}

class DeadlineModel extends CalendarModel {
    /** That hour ends with the day: what is due at midnight is not due on the next day. */
    normalizeRecord(rawRecord) {
        const record = super.normalizeRecord(rawRecord);
        const end = DateTime.min(record.end, record.start.endOf("day"));
        return {...record, end, isTimeHidden: this.meta.isTimeHidden};
    }
}

// Its name lets orders look other than meetings do.
registry.category("views").add("lengow_order_calendar", {
    ...calendarView,
    Model: DeadlineModel,
    Renderer: DeadlineRenderer,
});
