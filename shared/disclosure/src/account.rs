//! Which fields of an account are let out: the lightweight form, and the details of the nine categories.

use domain::fdx::{
    Account, AccountDescriptor, AccountDetail, Text,
    account::{
        AccountCommon, AnnuityAccount, BuyNowPayLaterAccount, CommercialAccount, DepositAccount,
        DigitalWallet, InsuranceAccount, InvestmentAccount, LightweightAccount, LineOfCreditAccount,
        LoanAccount,
    },
    piece::Piece,
};

use super::{Allowed, Disclosed, let_out};

/// The lightweight form of an account, under the name that the consumer gave it for this grant if they did;
/// `None` when nothing of the account itself is shared.
pub fn descriptor(
    account: LightweightAccount,
    nickname: Option<&str>,
    allowed: &Allowed,
) -> Option<Disclosed<LightweightAccount>> {
    let LightweightAccount {
        account_category,
        descriptor,
    } = account;
    let descriptor = of_descriptor(descriptor, nickname, allowed);
    allowed.descriptor().then_some(Disclosed(LightweightAccount {
        account_category,
        descriptor,
    }))
}

/// An account with its details, under the name that the consumer gave it for this grant if they did; `None`
/// when nothing of the account itself is shared.
pub fn details(account: Account, nickname: Option<&str>, allowed: &Allowed) -> Option<Disclosed<Account>> {
    let Account {
        descriptor,
        common,
        detail,
    } = account;
    let mut account = Account {
        descriptor: of_descriptor(descriptor, nickname, allowed),
        common: of_common(common, allowed),
        detail: of_detail(detail, allowed),
    };
    account.forget_unknown();
    allowed.descriptor().then_some(Disclosed(account))
}

fn of_descriptor(
    descriptor: AccountDescriptor,
    nickname: Option<&str>,
    allowed: &Allowed,
) -> AccountDescriptor {
    let mut descriptor = let_out!(allowed, descriptor => AccountDescriptor {
        descriptor: [
            account_id, account_type, account_number_display, product_id, product_name, nickname, description,
            status, account_open_date, account_close_date, currency, fi_attributes,
        ],
        deprecated_number: [account_number],
    });
    descriptor.forget_unknown();
    if let Some(nickname) = nickname {
        descriptor.nickname = Some(Text::from(nickname));
    }
    descriptor
}

fn of_common(common: AccountCommon, allowed: &Allowed) -> AccountCommon {
    let_out!(allowed, common => AccountCommon {
        detailed: [
            parent_account_id, line_of_business, line_of_business_type, balance_type, early_penalty_flag,
            transfer_in, transfer_out, bill_pay_status, last_activity_date, reward_program_id, domicile,
        ],
        numbers: [micr_number, bank_institution_id, bank_transit_id],
        never: [routing_transit_number],
    })
}

fn of_detail(detail: AccountDetail, allowed: &Allowed) -> AccountDetail {
    match detail {
        AccountDetail::Annuity(account) => AccountDetail::Annuity(Box::new(annuity(*account, allowed))),
        AccountDetail::BuyNowPayLater(account) => {
            AccountDetail::BuyNowPayLater(Box::new(buy_now_pay_later(*account, allowed)))
        }
        AccountDetail::Commercial(account) => {
            AccountDetail::Commercial(Box::new(commercial(*account, allowed)))
        }
        AccountDetail::Deposit(account) => AccountDetail::Deposit(Box::new(deposit(*account, allowed))),
        AccountDetail::DigitalWallet(account) => {
            AccountDetail::DigitalWallet(Box::new(digital_wallet(*account, allowed)))
        }
        AccountDetail::Insurance(account) => AccountDetail::Insurance(Box::new(insurance(*account, allowed))),
        AccountDetail::Investment(account) => {
            AccountDetail::Investment(Box::new(investment(*account, allowed)))
        }
        AccountDetail::Loan(account) => AccountDetail::Loan(Box::new(loan(*account, allowed))),
        AccountDetail::LineOfCredit(account) => {
            AccountDetail::LineOfCredit(Box::new(line_of_credit(*account, allowed)))
        }
    }
}

fn annuity(account: AnnuityAccount, allowed: &Allowed) -> AnnuityAccount {
    let_out!(allowed, account => AnnuityAccount {
        balances: [surrender_value],
        detailed: [
            earned_interest, payout_type, policy_product_type, payout_amount, payout_mode, payout_start_date,
            payout_end_date, number_modal_payouts, payout_change_percentage, payout_change_amount,
            period_certain_type,
        ],
    })
}

fn buy_now_pay_later(account: BuyNowPayLaterAccount, allowed: &Allowed) -> BuyNowPayLaterAccount {
    let_out!(allowed, account => BuyNowPayLaterAccount {
        balances: [balance_as_of, available_credit, principal_balance, current_balance],
        detailed: [credit_line, finance_charges],
    })
}

fn commercial(account: CommercialAccount, allowed: &Allowed) -> CommercialAccount {
    let_out!(allowed, account => CommercialAccount {
        balances: [
            balance_as_of, opening_ledger_balance, closing_ledger_balance, current_ledger_balance,
            opening_available_balance, current_available_balance, closing_available_balance,
            next_day_available_balance, two_days_plus_available_balance, commercial_balances,
        ],
        detailed: [
            earned_interest, number_of_outstanding_credits, outstanding_credits_amount, number_of_outstanding_debits,
            outstanding_debits_amount,
        ],
    })
}

fn deposit(account: DepositAccount, allowed: &Allowed) -> DepositAccount {
    let_out!(allowed, account => DepositAccount {
        balances: [balance_as_of, current_balance, opening_day_balance, available_balance],
        detailed: [
            earned_interest, annual_percentage_yield, interest_ytd, term, maturity_date, under_arbitration,
            overdraft_opt_in, overdrafted, overdraft_protection_funded,
        ],
        // These name other accounts of the consumer, which this grant may not cover.
        never: [overdraft_funding_sources],
    })
}

fn digital_wallet(account: DigitalWallet, allowed: &Allowed) -> DigitalWallet {
    let_out!(allowed, account => DigitalWallet {
        balances: [balance_as_of, current_balance, opening_day_balance, available_balance],
        detailed: [earned_interest, annual_percentage_yield, interest_ytd],
    })
}

fn insurance(account: InsuranceAccount, allowed: &Allowed) -> InsuranceAccount {
    let_out!(allowed, account => InsuranceAccount {
        bills: [bills],
        detailed: [
            earned_interest, policy_premium, policy_premium_term, policy_start_date, policy_status, policy_end_date,
            policy_coverage_amount,
        ],
    })
}

fn investment(account: InvestmentAccount, allowed: &Allowed) -> InvestmentAccount {
    let_out!(allowed, account => InvestmentAccount {
        balances: [balance_as_of, current_value, available_cash_balance],
        detailed: [
            earned_interest, allowed_check_writing, allowed_option_trade, margin, margin_balance, short_balance,
            rollover_amount, employer_name, broker_id, plan_id, calendar_year_for_401k, balance_list, daily_change,
            percentage_change,
        ],
        investments: [holdings, open_orders, contribution, vesting, investment_loans, pension_source],
    })
}

fn loan(account: LoanAccount, allowed: &Allowed) -> LoanAccount {
    let_out!(allowed, account => LoanAccount {
        balances: [balance_as_of, principal_balance, escrow_balance, pay_off_amount],
        detailed: [
            charged_interest, annual_percentage_rate, original_principal, originating_date, loan_term,
            total_number_of_payments, next_payment_amount, next_payment_date, payment_frequency, compounding_period,
            last_payment_amount, last_payment_date, maturity_date, interest_paid_year_to_date, current_school,
            loan_provider_name,
        ],
    })
}

fn line_of_credit(account: LineOfCreditAccount, allowed: &Allowed) -> LineOfCreditAccount {
    let_out!(allowed, account => LineOfCreditAccount {
        bills: [bills],
        scheduled_payments: [scheduled_payments],
        balances: [
            balance_as_of, available_credit, principal_balance, current_balance, available_cash, cash_advance_balance,
            transfer_balance, ppil_balance,
        ],
        detailed: [
            charged_interest, credit_line, past_due_amount, purchases_apr, advances_apr, balance_transfers_apr,
            target_rate_sale_apr, ppil_apr, cash_advance_limit, finance_charges, card_network, card_art,
            under_arbitration, fee_schedule,
        ],
    })
}
