//! Gestures on the map: one pointer pans, two pinch to zoom, and one that does not move clicks.

use super::Viewport;

/// A pointer that is down; positions in pixels of the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Pointer {
    id: i32,
    from: [f32; 2],
    at: [f32; 2],
}

/// The state of a gesture: the pointers that are down, at most two; others are ignored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gesture {
    pointers: Vec<Pointer>,
    /// Whether the gesture was a pinch, which never ends in a click.
    is_pinch: bool,
}

impl Gesture {
    /// Handles a pointer going down.
    pub fn down(&mut self, id: i32, at: [f32; 2]) {
        self.cancel(id);
        if self.pointers.len() < 2 {
            self.pointers.push(Pointer { id, from: at, at });
            self.is_pinch |= self.pointers.len() == 2;
        }
    }

    /// Handles a pointer moving: the new viewport, or `None` if that pointer is not down.
    pub fn moved(&mut self, id: i32, at: [f32; 2], view: &Viewport) -> Option<Viewport> {
        let place = self.pointers.iter().position(|pointer| pointer.id == id)?;
        let before = std::mem::replace(&mut self.pointers[place].at, at);
        let Some(other) = self.pointers.get(1 - place).map(|other| other.at) else {
            return Some(view.dragged(difference(at, before)));
        };
        let middle = |a: [f32; 2]| [(a[0] + other[0]) / 2.0, (a[1] + other[1]) / 2.0];
        let dragged = view.dragged(difference(middle(at), middle(before)));
        // Pointers on the same pixel have no distance.
        let factor = distance(at, other).max(1.0) / distance(before, other).max(1.0);
        Some(dragged.zoomed(factor, middle(at)))
    }

    /// Handles a pointer going up. Returns whether that was a click: no pinch, and at most `reach` pixels from where it
    /// went down.
    pub fn up(&mut self, id: i32, at: [f32; 2], reach: f32) -> bool {
        let has_stayed =
            |pointer: &Pointer| pointer.id == id && distance(at, pointer.from) <= reach;
        let is_click = !self.is_pinch && self.pointers.iter().any(has_stayed);
        self.cancel(id);
        is_click
    }

    /// Handles a cancelled pointer.
    pub fn cancel(&mut self, id: i32) {
        self.pointers.retain(|pointer| pointer.id != id);
        self.is_pinch &= !self.pointers.is_empty();
    }
}

fn difference(a: [f32; 2], b: [f32; 2]) -> [f32; 2] {
    [a[0] - b[0], a[1] - b[1]]
}

fn distance(a: [f32; 2], b: [f32; 2]) -> f32 {
    let [x, y] = difference(a, b);
    x.hypot(y)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REACH: f32 = 4.0;

    fn view() -> Viewport {
        Viewport::fitting([400.0, 300.0], [-1.0, -1.0, 1.0, 1.0])
    }

    fn assert_near(a: [f32; 2], b: [f32; 2]) {
        assert!(distance(a, b) < 1e-3, "{a:?} {b:?}");
    }

    #[test]
    fn one_drags_and_what_it_holds_stays_under_it() {
        let mut gesture = Gesture::default();
        assert_eq!(gesture.moved(1, [9.0, 9.0], &view()), None, "none is down");
        gesture.down(1, [100.0, 100.0]);
        let held = view().to_place([100.0, 100.0]);
        let view = gesture
            .moved(1, [130.0, 80.0], &view())
            .expect("another view");
        assert_near(view.to_pixel(held), [130.0, 80.0]);
        assert!(!gesture.up(1, [130.0, 80.0], REACH), "a drag is no click");
    }

    #[test]
    fn two_pull_and_what_both_hold_stays_under_them() {
        let mut gesture = Gesture::default();
        gesture.down(7, [100.0, 100.0]);
        gesture.down(8, [200.0, 100.0]);
        let held = [[100.0, 100.0], [200.0, 100.0]].map(|at| view().to_place(at));
        let mut view = view();
        for (id, at) in [(7, [60.0, 120.0]), (8, [260.0, 120.0])] {
            view = gesture.moved(id, at, &view).expect("another view");
        }
        assert!((view.zoom() - 2.0).abs() < 1e-3, "{}", view.zoom());
        assert_near(view.to_pixel(held[0]), [60.0, 120.0]);
        assert_near(view.to_pixel(held[1]), [260.0, 120.0]);
    }

    #[test]
    fn a_click_is_one_pointer_that_stays() {
        let mut gesture = Gesture::default();
        gesture.down(1, [50.0, 50.0]);
        assert!(gesture.up(1, [52.0, 51.0], REACH));
        gesture.down(1, [50.0, 50.0]);
        gesture.down(2, [90.0, 50.0]);
        assert!(!gesture.up(1, [50.0, 50.0], REACH), "of two");
        assert!(!gesture.up(2, [90.0, 50.0], REACH), "the other of two");
        gesture.down(1, [50.0, 50.0]);
        gesture.cancel(1);
        assert!(!gesture.up(1, [50.0, 50.0], REACH), "taken away");
        gesture.down(3, [50.0, 50.0]);
        assert!(
            gesture.up(3, [50.0, 50.0], REACH),
            "all is forgotten once none is down"
        );
    }

    #[test]
    fn a_third_finger_and_fingers_that_meet_do_no_harm() {
        let mut gesture = Gesture::default();
        for id in 0..3 {
            gesture.down(id, [100.0, 100.0]);
        }
        assert_eq!(gesture.moved(2, [0.0, 0.0], &view()), None);
        let view = gesture
            .moved(0, [101.0, 100.0], &view())
            .expect("another view");
        assert!(view.zoom().is_finite() && view.centre().iter().all(|at| at.is_finite()));
    }
}
