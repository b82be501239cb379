//! An id knows what it names: `Id<Payout>` and `Id<Merchant>` do not mix.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    marker::PhantomData,
};

/// The number of a row, in order of arrival, with the kind of thing it names.
pub struct Id<T> {
    number: i64,
    names: PhantomData<fn() -> T>,
}

impl<T> Id<T> {
    /// The id with this number.
    #[must_use]
    pub const fn new(number: i64) -> Self {
        Self {
            number,
            names: PhantomData,
        }
    }

    /// The number, as it stands in the database.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.number
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.number.cmp(&other.number)
    }
}
impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.number.hash(state);
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = std::any::type_name::<T>();
        write!(f, "{}#{}", kind.rsplit("::").next().unwrap_or(kind), self.number)
    }
}
impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number.fmt(f)
    }
}

/// Kinds of things that have an id and no other type of their own here.
pub mod kind {
    /// A merchant: somebody whose money the book keeps.
    pub enum Merchant {}
    /// A payout.
    pub enum Payout {}
    /// What a merchant wants to be paid.
    pub enum Payment {}
    /// One try to make a payment.
    pub enum Attempt {}
    /// An account of the operator at a bank, from which payouts are paid.
    pub enum BankAccount {}
    /// Somebody who takes money from customers for the operator.
    pub enum Acquirer {}
    /// What was settled for one merchant at one time.
    pub enum Settlement {}
    /// Something that happened to a payment.
    pub enum PaymentChange {}
    /// Money that came into a bank account.
    pub enum Receipt {}
    /// Money of a payment that goes back to the customer.
    pub enum Refund {}
    /// One change of state of a refund.
    pub enum RefundChange {}
    /// Somebody wants a payment back.
    pub enum Dispute {}
    /// One change of state of a dispute.
    pub enum DisputeChange {}
    /// A file with which a merchant answers a dispute.
    pub enum Evidence {}
    /// A journal entry.
    pub enum Entry {}
    /// One change of state of a payout.
    pub enum Change {}
    /// A callback that is owed to a merchant.
    pub enum Callback {}
    /// A URL of a merchant to which callbacks go.
    pub enum Endpoint {}
    /// One start of a process that serves.
    pub enum Node {}
    /// Something that a merchant is told of.
    pub enum Event {}
    /// A notice to a merchant, to be mailed.
    pub enum Mail {}
}
