// swift-tools-version: 6.2
import PackageDescription

// Fuzz targets of CEL. A package of its own: an ordinary build lacks the fuzzer's driver.
//
//     swift build -c release -Xswiftc -sanitize=fuzzer -Xswiftc -use-ld=lld
//     .build/release/CELFuzz parse|evaluate CORPUS -max_total_time=600 -timeout=10 -rss_limit_mb=2048
let package = Package(
    name: "CELFuzz",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "belay", path: "../..")],
    targets: [
        .target(name: "CLibFuzzer"),
        .executableTarget(
            name: "CELFuzz",
            dependencies: ["CLibFuzzer", .product(name: "CEL", package: "belay")]),
    ]
)
