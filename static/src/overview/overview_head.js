import {deadlineOf, toneOf, useOpenJob} from "@lengow_connector/overview/jobs";
import {LengowChecklist} from "@lengow_connector/overview/checklist";
import {useService} from "@web/core/utils/hooks";
import {Component, onWillStart, onWillUpdateProps} from "@odoo/owl";

/** Above the marketplaces: what there is to do over all of them, and how accounts do. */
export class LengowOverviewHead extends Component {
    static template = "lengow_connector.OverviewHead";
    static components = {LengowChecklist};
    // The list is only there so that the numbers follow whenever it is loaded.
    static props = {list: {type: Object}};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.openJob = useOpenJob();
        this.deadlineOf = deadlineOf;
        this.toneOf = toneOf;
        onWillStart(() => this.load());
        onWillUpdateProps(() => this.load());
    }

    async load() {
        const {jobs, health, checklists} = await this.orm.call(
            "lengow.marketplace",
            "get_overview"
        );
        this.health = health;
        this.checklists = checklists;
        this.jobs = jobs
            .filter((job) => !job.part_of)
            .map((job) => ({
                ...job,
                parts: jobs.filter((part) => part.part_of === job.name),
            }));
    }

    /** Send again what an outage has kept from the marketplaces of an account. */
    async resend(accountId) {
        const call = this.orm.call("lengow.account", "action_resend_failed", [
            [accountId],
        ]);
        return this.action.doAction(await call);
    }

    openAccount(accountId) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "lengow.account",
            res_id: accountId,
            views: [[false, "form"]],
        });
    }
}
