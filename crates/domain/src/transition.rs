//! Tables of transitions: every change of state there is, one row each.

/// Where `event` leads from `state`. `None`: it cannot happen there.
pub(crate) fn after<S: Copy + PartialEq, E: PartialEq>(table: &[(S, E, S)], state: S, event: E) -> Option<S> {
    table
        .iter()
        .find(|(from, on, _)| *from == state && *on == event)
        .map(|(_, _, to)| *to)
}
