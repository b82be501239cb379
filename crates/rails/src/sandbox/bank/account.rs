//! An account of the bank's, and the movements of its money.

use super::record::Opened;
use crate::sandbox::office::Impossible;
use rokad_domain::{Paise, UnixMs};

/// An account of the bank's.
pub struct Account {
    pub number: String,
    pub holder: String,
    pub bank: String,
    pub ifsc: String,
    pub opening: Paise,
    pub balance: Paise,
    /// The part of the balance that transfers in progress will take.
    pub blocked: Paise,
    /// Every movement, in order. Position n of a statement is the n-th of these, counted from 1.
    pub bookings: Vec<Booking>,
}

/// One movement of money. 16 bytes.
#[derive(Clone, Copy)]
pub struct Booking {
    pub at: UnixMs,
    pub transfer: u32,
    pub kind: Kind,
}

/// Which way it moved.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Out.
    Paid,
    /// Back in.
    Returned,
}

impl Account {
    /// A new one.
    pub fn open(opened: &Opened) -> Result<Self, Impossible> {
        let opening = Paise::new(opened.opening_paise).ok_or(Impossible)?;
        Ok(Self {
            number: opened.number.clone(),
            holder: opened.holder.clone(),
            bank: opened.bank.clone(),
            ifsc: opened.ifsc.clone(),
            opening,
            balance: opening,
            blocked: Paise::ZERO,
            bookings: Vec::new(),
        })
    }

    /// What can be spent.
    pub fn spendable(&self) -> Paise {
        self.balance.minus(self.blocked).unwrap_or_default()
    }

    /// Keeps `amount` for a transfer in progress.
    pub fn block(&mut self, amount: Paise) -> Result<(), Impossible> {
        self.spendable().minus(amount).ok_or(Impossible)?;
        self.blocked = self.blocked.plus(amount).ok_or(Impossible)?;
        Ok(())
    }

    /// Its transfer has ended.
    pub fn unblock(&mut self, amount: Paise) -> Result<(), Impossible> {
        self.blocked = self.blocked.minus(amount).ok_or(Impossible)?;
        Ok(())
    }

    /// Lets `amount` leave. Only what is not blocked can.
    pub fn pay(&mut self, amount: Paise, booking: Booking) -> Result<(), Impossible> {
        self.spendable().minus(amount).ok_or(Impossible)?;
        self.balance = self.balance.minus(amount).ok_or(Impossible)?;
        self.bookings.push(booking);
        Ok(())
    }

    /// Takes `amount` back in.
    pub fn take_back(&mut self, amount: Paise, booking: Booking) -> Result<(), Impossible> {
        self.balance = self.balance.plus(amount).ok_or(Impossible)?;
        self.bookings.push(booking);
        Ok(())
    }
}
