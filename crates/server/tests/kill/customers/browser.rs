//! As much of a browser as the checkout needs without a script: it follows what the pages say, and asks again when the
//! connection breaks.

use crate::{place::Place, waiting::pause};
use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};
use ureq::{Agent, Body, http::Response};

/// How long it waits for one answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Requests without an answer after which it gives up: the gateway is gone for good.
const UNANSWERED_MAX: u32 = 10_000;

pub struct Browser {
    agent: Agent,
    gateway: String,
    unanswered: AtomicU64,
}

/// A whole answer.
pub struct Answer {
    pub status: u16,
    pub location: String,
    pub body: String,
}

impl Browser {
    pub fn of(place: &Place) -> Self {
        let config = Agent::config_builder().http_status_as_error(false).proxy(None);
        let config = config.max_redirects(0).timeout_global(Some(PATIENCE));
        Self {
            agent: config.build().into(),
            gateway: format!("http://{}", place.listen()),
            unanswered: AtomicU64::new(0),
        }
    }

    /// Requests that had no answer, or none that tells.
    pub fn unanswered(&self) -> u64 {
        self.unanswered.load(Ordering::Relaxed)
    }

    /// The page at a path of the gateway, or at an address.
    pub fn get(&self, at: &str) -> Answer {
        self.until_answered(|| self.agent.get(self.url(at)).call())
    }

    /// The same, as whoever has these papers.
    pub fn get_as(&self, at: &str, authorization: &str) -> Answer {
        let send = || {
            self.agent
                .get(self.url(at))
                .header("Authorization", authorization)
        };
        self.until_answered(|| send().call())
    }

    /// Posts a form once. `None`: nobody knows what became of it.
    pub fn post_once(&self, at: &str, form: &[(&'static str, String)]) -> Option<Answer> {
        self.answer(self.agent.post(self.url(at)).send_form(pairs(form)))
    }

    /// The same, as whoever has these papers.
    pub fn post_once_as(
        &self,
        at: &str,
        form: &[(&'static str, String)],
        authorization: &str,
    ) -> Option<Answer> {
        let post = self
            .agent
            .post(self.url(at))
            .header("Authorization", authorization);
        self.answer(post.send_form(pairs(form)))
    }

    /// Posts a form until there is an answer.
    pub fn post(&self, at: &str, form: &[(&'static str, String)]) -> Answer {
        self.until_answered(|| self.agent.post(self.url(at)).send_form(pairs(form)))
    }

    fn until_answered(&self, send: impl Fn() -> Result<Response<Body>, ureq::Error>) -> Answer {
        for _ in 0..UNANSWERED_MAX {
            if let Some(answer) = self.answer(send()) {
                return answer;
            }
            pause(Duration::from_millis(4));
        }
        panic!("there was no answer to a browser");
    }

    fn answer(&self, sent: Result<Response<Body>, ureq::Error>) -> Option<Answer> {
        let answer = sent.ok().and_then(read);
        if answer.is_none() {
            self.unanswered.fetch_add(1, Ordering::Relaxed);
        }
        answer
    }

    fn url(&self, at: &str) -> String {
        if at.starts_with('/') {
            format!("{}{at}", self.gateway)
        } else {
            at.to_owned()
        }
    }
}

fn pairs<'f>(form: &'f [(&'static str, String)]) -> impl Iterator<Item = (&'static str, &'f str)> {
    form.iter().map(|(name, text)| (*name, text.as_str()))
}

/// `None`: the end of the body did not come, or the server is in trouble.
fn read(mut response: Response<Body>) -> Option<Answer> {
    let location = response.headers().get("location");
    let location = location.map(|text| text.to_str().unwrap().to_owned());
    let answer = Answer {
        status: response.status().as_u16(),
        location: location.unwrap_or_default(),
        body: response.body_mut().read_to_string().ok()?,
    };
    (answer.status < 500).then_some(answer)
}
