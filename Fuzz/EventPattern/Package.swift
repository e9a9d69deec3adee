// swift-tools-version: 6.2
import PackageDescription

// A package of its own, because an ordinary build has no fuzzing driver. Run with:
//   swift build -c release --product FuzzEventPattern --scratch-path .build-fuzz -Xswiftc -sanitize=fuzzer \
//       -Xswiftc -use-ld=lld && .build-fuzz/release/FuzzEventPattern -max_total_time=600 corpus
// The library's sources are reached by links, so that the package's other dependencies are not built.
let package = Package(
    name: "FuzzEventPattern",
    targets: [
        .target(name: "CPrefetch"),
        .target(name: "CRE2", linkerSettings: [.linkedLibrary("re2")]),
        .target(name: "JSON"),
        .target(name: "Text", dependencies: ["CRE2"]),
        .target(name: "EventPattern", dependencies: ["CPrefetch", "JSON", "Text"]),
        .target(name: "CFuzz"),
        .executableTarget(name: "FuzzEventPattern", dependencies: ["EventPattern", "CFuzz"]),
    ],
    cxxLanguageStandard: .cxx17
)
