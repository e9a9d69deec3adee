import BelayProviders
import Glibc

/// The four functions of an incident backend as a custom runtime of AWS Lambda (`provided.al2023`).
@main struct BelayLambda {
    static func main() async {
        let tools = ProviderTools.system()
        guard let api = tools.variable("AWS_LAMBDA_RUNTIME_API") else {
            tools.writeLine(
                "AWS_LAMBDA_RUNTIME_API is not set: this program runs inside AWS Lambda")
            exit(64)
        }
        do {
            try await FunctionRuntime(api: api, tools: tools).run()
        } catch {
            tools.writeLine("the Lambda Runtime API cannot be used: \(error)")
            exit(1)
        }
    }
}
