//! What the shop sells, and what is in a basket.

use rokad_domain::Paise;
use rokad_pages::shop::{Good, Line};
use rokad_wire::Fields;

/// The most that is sold of one kind: all of everything stays below ten lakh rupees, the most that one payment takes.
pub const QUANTITY_MAX: u32 = 5;

/// Everything that is sold.
pub const GOODS: [Good; 4] = [
    Good {
        code: "pen",
        name: "Brass fountain pen",
        about: "Fine nib, made in Jaipur.",
        price: paise(125_000),
        picture: "M4 20l3.5-1L19 7.5 16.5 5 5 16.5zM14.5 7l2.5 2.5M4 20l3-3",
        quantity: 1,
    },
    Good {
        code: "notebook",
        name: "Khadi notebook",
        about: "Handmade paper, 160 pages, bound in red.",
        price: paise(34_000),
        picture: "M6 3h12v18H6zM9 3v18M12 8h3M12 11h3",
        quantity: 2,
    },
    Good {
        code: "tea",
        name: "Darjeeling tea",
        about: "First flush, 100 g.",
        price: paise(48_550),
        picture: "M4 9h12v6a4 4 0 0 1-4 4H8a4 4 0 0 1-4-4zM16 11h2a2 2 0 0 1 0 4h-2M8 6V4M12 6V4",
        quantity: 0,
    },
    Good {
        code: "desk",
        name: "Rosewood writing desk",
        about: "For whoever wants to see a lakh.",
        price: paise(12_450_000),
        picture: "M3 9h18v3H3zM5 12v8M19 12v8M13 12v4h6",
        quantity: 0,
    },
];

const fn paise(paise: i64) -> Paise {
    match Paise::new(paise) {
        Some(price) => price,
        None => Paise::ZERO,
    }
}

/// The lines of a basket that a form names. What is no number is none; nobody gets more than [`QUANTITY_MAX`].
pub fn lines(fields: &Fields<'_>) -> Vec<Line> {
    let line = |good: &Good| {
        let asked: u32 = fields.text(good.code)?.trim().parse().ok()?;
        let quantity = asked.min(QUANTITY_MAX);
        (quantity > 0).then_some(Line {
            code: good.code,
            name: good.name,
            quantity,
            price: paise(good.price.get().saturating_mul(i64::from(quantity))),
        })
    };
    GOODS.iter().filter_map(line).collect()
}

/// All together.
pub fn total(lines: &[Line]) -> Paise {
    paise(lines.iter().map(|line| line.price.get()).sum())
}

/// What was bought, in a line.
pub fn in_words(lines: &[Line]) -> String {
    let words = lines
        .iter()
        .map(|line| format!("{} × {}", line.quantity, line.name));
    words.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn basket(form: &str) -> Vec<Line> {
        lines(&Fields::read(None, form.as_bytes()).unwrap())
    }

    #[test]
    fn a_basket_is_added_up_to_the_paisa() {
        let basket = basket("pen=1&tea=3&notebook=0&desk=1");
        assert_eq!(total(&basket).to_string(), "₹1,27,206.50");
        assert_eq!(
            in_words(&basket),
            "1 × Brass fountain pen, 3 × Darjeeling tea, 1 × Rosewood writing desk"
        );
    }

    #[test]
    fn what_is_no_quantity_is_not_bought_and_too_much_is_cut() {
        assert!(basket("pen=&notebook=-1&tea=two&cup=3").is_empty());
        assert_eq!(basket("pen=4000000000")[0].quantity, QUANTITY_MAX);
    }

    #[test]
    fn all_of_everything_can_be_paid_at_once() {
        let all = basket("pen=5&notebook=5&tea=5&desk=5");
        assert!(total(&all) < Paise::from_rupees(1_000_000).unwrap());
        assert!(in_words(&all).chars().count() <= 100);
    }
}
