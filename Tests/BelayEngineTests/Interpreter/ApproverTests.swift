import BelayEngine
import Testing

@testable import BelayCompiler

/// Whose consent counts: members of the groups that a step names, and nobody for a run of their own.
@Suite struct ApproverTests {
    typealias C = Chain

    private static func approved(from: [String], isDefault: Bool = false) -> Step {
        C.step("a:change") {
            $0.approval = Approval(
                from: from, timeout: .seconds(600), onTimeout: .deny, isDefault: isDefault)
        }
    }

    private static func end(
        _ decision: ApprovalDecision, from: [String], isDefault: Bool = false,
        groups: [String: [String]] = ["dba": ["bo", "ann"]], actor: String = "source"
    ) -> (end: String, seconds: Int64) {
        let context = C.context(
            C.rule([approved(from: from, isDefault: isDefault)]), actor: actor,
            environment: C.environment { $0.groups = groups })
        let story = Story.of(context, CompositeTests.consent(decision))
        return (story.end, story.seconds)
    }

    @Test func onlyMembersOfTheGroupMayAnswer() {
        #expect(Self.end(.granted(by: "ann"), from: ["group/dba"]) == ("succeeded", 60))
        #expect(Self.end(.denied(by: "bo"), from: ["group/dba"]) == ("denied approval", 60))
        // Who was not asked is not heard: the request goes on until its time is over.
        #expect(Self.end(.granted(by: "eve"), from: ["group/dba"]) == ("denied approval", 600))
        #expect(Self.end(.denied(by: "eve"), from: ["group/dba"]) == ("denied approval", 600))
        #expect(Self.end(.granted(by: "eve"), from: ["group/dba", "eve"]) == ("succeeded", 60))
    }

    @Test func aGroupThatIsNotThereHasNobodyInIt() {
        let groups = ["sre": ["ann"]]
        #expect(
            Self.end(.granted(by: "ann"), from: ["group/dba"], groups: groups)
                == ("denied approval", 600))
    }

    @Test func whereNobodyIsNamedTheOwnersGroupIsAskedIfThereIsOne() {
        for (groups, who, end) in [
            (["team": ["ann"]], "ann", "succeeded"), (["team": ["ann"]], "eve", "denied approval"),
            ([:], "eve", "succeeded"),
        ] {
            #expect(
                Self.end(
                    .granted(by: Person(who)), from: ["group/team"], isDefault: true, groups: groups
                ).end == end, "\(groups) \(who)")
        }
        #expect(Self.end(.granted(by: "eve"), from: []).end == "succeeded")
    }

    @Test func theRefusalSaysWhoMay() {
        let asked = Approvers(from: ["group/dba"], people: ["ann", "bo"])
        #expect(
            asked.refusal(of: .granted(by: "eve"), beganBy: "")?.message
                == "eve may not answer for group/dba: ann, bo may")
        #expect(
            asked.refusal(of: .granted(by: "ann"), beganBy: "ann")?.message
                == "ann began the run, so somebody else must approve: bo may")
        #expect(asked.refusal(of: .denied(by: "ann"), beganBy: "ann") == nil)
        let nobody = Approvers(from: ["group/dba"], people: [])
        #expect(
            nobody.refusal(of: .granted(by: "eve"), beganBy: "")?.message.contains(
                "nobody is in it")
                == true)
    }
}
