// swift-tools-version: 6.2
import PackageDescription

/// Settings of every target of ours: Swift 6 mode, explicit existentials, internal imports, warnings are errors.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// A library target of ours and the targets it may import: the import table of docs/ARCHITECTURE.md.
func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// The tests of one target; fixtures beside them are read by path and are not resources.
func tests(_ name: String, _ dependencies: [Target.Dependency], fixtures: Bool = true) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: dependencies, exclude: fixtures ? ["Fixtures"] : [],
        swiftSettings: settings)
}

let package = Package(
    name: "belay",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "belay", targets: ["belay"]),
        .library(name: "CEL", targets: ["CEL"]),
        .library(name: "EventPattern", targets: ["EventPattern"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.9.0"),
    ],
    targets: [
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .target(name: "CCurl"),
        .target(name: "CRE2", linkerSettings: [.linkedLibrary("re2")]),
        .target(name: "CPrefetch"),

        library("JSON"),
        library("Text", ["CRE2"]),
        library("Cryptography", ["CCrypto"]),
        library("CEL", ["Text"]),
        .executableTarget(name: "bench-cel", dependencies: ["CEL"], swiftSettings: settings),
        library("EventPattern", ["CPrefetch", "JSON", "Text"]),
        library("BelayCompiler", ["CYAML", "CEL", "EventPattern", "JSON", "Text", "Cryptography"]),
        library(
            "BelayEngine", ["BelayCompiler", "CEL", "EventPattern", "JSON", "Text", "Cryptography"]),
        library(
            "BelayProviders",
            ["BelayEngine", "BelayCompiler", "CCurl", "JSON", "Text", "Cryptography"]),
        library(
            "BelayStore",
            [
                "BelayEngine", "BelayCompiler", "JSON", "Cryptography",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]),
        library(
            "BelayServer",
            [
                "BelayEngine", "BelayCompiler", "JSON", "Cryptography",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .executableTarget(
            name: "belay",
            dependencies: [
                "BelayCompiler", "BelayEngine", "BelayProviders", "BelayServer", "BelayStore",
                "CEL",
                "EventPattern", "JSON", "Text", "Cryptography",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "bench-providers",
            dependencies: ["BelayStore", "BelayProviders", "BelayEngine", "BelayCompiler"],
            swiftSettings: settings),
        .executableTarget(
            name: "bench-store",
            dependencies: [
                "BelayStore", "BelayEngine", "BelayCompiler", "JSON", "Cryptography",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: settings),

        library(
            "BelaySimulation",
            ["BelayStore", "BelayEngine", "BelayCompiler", "JSON", "Cryptography"]),
        .executableTarget(
            name: "simulate", dependencies: ["BelaySimulation", "BelayCompiler"],
            swiftSettings: settings),

        .executableTarget(
            name: "bench-match", dependencies: ["EventPattern"], swiftSettings: settings),

        .executableTarget(
            name: "belay-lambda", dependencies: ["BelayProviders"], swiftSettings: settings),

        tests("JSON", ["JSON"]),
        tests("Text", ["Text"], fixtures: false),
        tests("Cryptography", ["Cryptography", "JSON"]),
        tests("CEL", ["CEL", "JSON", "Text"]),
        tests("EventPattern", ["EventPattern", "JSON", "Text"]),
        tests("BelayCompiler", ["BelayCompiler", "CEL", "EventPattern", "JSON", "Text"]),
        tests(
            "BelayEngine",
            ["BelayEngine", "BelayCompiler", "CEL", "EventPattern", "JSON", "Cryptography"]),
        tests(
            "BelayProviders",
            [
                "BelayProviders", "BelayStore", "BelayEngine", "BelayCompiler", "JSON",
                "Cryptography",
            ]),
        tests(
            "BelayStore",
            [
                "BelayStore", "BelayEngine", "BelayCompiler", "JSON", "Cryptography",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        tests(
            "BelayServer",
            [
                "BelayServer", "BelayStore", "BelayEngine", "BelayCompiler", "JSON", "Cryptography",
            ],
            fixtures: false),
        tests("Simulation", ["BelaySimulation", "BelayCompiler"], fixtures: false),
        tests("BelayCommand", ["JSON"]),
        tests("Tidy", ["BelayCompiler", "BelayEngine", "BelayProviders"], fixtures: false),
    ],
    cxxLanguageStandard: .cxx17
)
