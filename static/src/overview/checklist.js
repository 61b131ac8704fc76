import {useService} from "@web/core/utils/hooks";
import {Component, useState} from "@odoo/owl";

/** What is left to do until an account is set up; each line opens its dialog. */
export class LengowChecklist extends Component {
    static template = "lengow_connector.Checklist";
    static props = {checklist: {type: Object}};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({isBusy: false});
    }

    open(step) {
        return this.call(`action_setup_${step.name}`);
    }

    close() {
        return this.call("action_close_setup");
    }

    /** Call a method of the account once, however often somebody clicks. */
    async call(method) {
        if (this.state.isBusy) {
            return;
        }
        this.state.isBusy = true;
        try {
            const ids = [this.props.checklist.account_id];
            const action = await this.orm.call("lengow.account", method, [ids]);
            await this.action.doAction(action);
        } finally {
            this.state.isBusy = false;
        }
    }
}
