//! The figures of one kind of work.

use super::work::Work;
use crate::{
    load::Measured,
    report::{Aim, Figure, Report},
};

/// Everything that one kind of work came to.
pub(super) struct Outcome {
    pub(super) work: Work,
    pub(super) platform: Measured,
    pub(super) floor: Measured,
    pub(super) statement: Measured,
    /// Statements that the platform sent, questions that its requests had, and how many requests those were.
    pub(super) statements: f64,
    pub(super) questions: f64,
    pub(super) requests: f64,
}

impl Outcome {
    pub(super) fn new(work: Work) -> Self {
        Self {
            work,
            platform: Measured::default(),
            floor: Measured::default(),
            statement: Measured::default(),
            statements: 0.0,
            questions: 0.0,
            requests: 0.0,
        }
    }

    pub(super) fn report(&self, report: &mut Report) {
        let name = self.work.name();
        let named = |what: &str| format!("{name}: {what}");
        let (platform, floor, statement) = (&self.platform, &self.floor, &self.statement);
        let ratio = platform.per_cpu_second() / statement.per_cpu_second();
        report.add(Figure {
            floor: Some(floor.per_cpu_second()),
            ratio: Some(ratio),
            aim: Some(Aim::Ratio(self.work.aim())),
            ..Figure::alone(name, "per CPU second", platform.per_cpu_second())
        });
        if let Some(share) = self.work.share() {
            report.add(Figure {
                aim: Some(Aim::AtLeast(share)),
                ..Figure::alone(
                    &named("share of the floor"),
                    "of 1",
                    platform.per_cpu_second() / floor.per_cpu_second(),
                )
            });
        }
        report.add(Figure::alone(
            &named("one statement a request"),
            "per CPU second",
            statement.per_cpu_second(),
        ));
        report.add(Figure {
            floor: Some(floor.each(floor.server)),
            ..Figure::alone(&named("CPU of the server"), "us", platform.each(platform.server))
        });
        report.add(Figure::alone(
            &named("CPU of the database"),
            "us",
            platform.each(platform.database),
        ));
        report.add(Figure {
            floor: Some(floor.per_second()),
            ratio: Some(platform.per_second() / statement.per_second()),
            ..Figure::alone(&named("throughput"), "per second", platform.per_second())
        });
        for percent in [50, 99] {
            report.add(Figure {
                floor: Some(floor.percentile(percent)),
                ratio: Some(platform.percentile(percent) / statement.percentile(percent)),
                ..Figure::alone(&named(&format!("p{percent}")), "ms", platform.percentile(percent))
            });
        }
        report.add(Figure {
            aim: Some(Aim::AtMost(self.work.statements())),
            ..Figure::alone(
                &named("before combining"),
                "statements per request",
                self.questions / self.requests,
            )
        });
        report.add(Figure::alone(
            &named("combined"),
            "statements per request",
            self.statements / self.requests,
        ));
    }
}
