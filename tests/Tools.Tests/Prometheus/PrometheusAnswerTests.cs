using System.Text;

namespace Slipway.Tools.Tests;

public class PrometheusAnswerTests
{
    [Test]
    public void HoldsNumbersAndHistograms()
    {
        var answer = Parse(
            """
            {"status":"success","data":{"resultType":"vector","result":[
              {"metric":{"__name__":"x","slot":"blue","instance":"a:1","slipway":"Requests"},"value":[1763640000.5,"1027"]},
              {"metric":{"slot":"blue","slipway":"Latency"},"histogram":[1763640000.5,{"count":"6","sum":"0.5",
                "buckets":[[3,"-0.001","0.001","2"],[0,"0.01","0.02","3"],[0,"0.02","0.04","1"]]}]}]},"infos":["x"]}
            """
        );

        answer.Problem.ShouldBeNull();
        answer.Samples[0].Value.ShouldBe(1027);
        answer.Samples[0].Labels.Keys.Order().ShouldBe(["instance", "slipway", "slot"]);
        answer.Samples[0].EvaluatedAt.ToUnixTimeMilliseconds().ShouldBe(1_763_640_000_500);
        answer
            .Samples[1]
            .Histogram!.OrderBy(bucket => bucket.Key.Lower)
            .Select(bucket => (bucket.Key.Lower, bucket.Key.Upper, bucket.Value))
            .ShouldBe([(0, 0.001, 2), (0.01, 0.02, 3), (0.02, 0.04, 1)]);
    }

    [TestCase("", "not that of Prometheus's query API")]
    [TestCase("{\"status\":\"succ", "not that of Prometheus's query API")]
    [TestCase("[]", "not that of Prometheus's query API")]
    [TestCase("{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{}]}}", "not that of")]
    [TestCase(
        "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{},\"value\":[1]}]}}",
        "not that of"
    )]
    [TestCase(
        "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{},\"value\":[1e300,\"1\"]}]}}",
        "not that of"
    )]
    [TestCase(
        "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"1\"]}}",
        "no instant vector"
    )]
    [TestCase("{\"status\":\"error\",\"errorType\":\"timeout\",\"error\":\"too\\nslow\"}", "timeout: too slow")]
    [TestCase(
        "{\"status\":\"success\",\"warnings\":[\"store gone\"],\"data\":{\"resultType\":\"vector\",\"result\":[]}}",
        "partial answer: store gone"
    )]
    public void SaysWhatIsWrong(string json, string problem) =>
        Parse(json).Problem.ShouldNotBeNull().ShouldContain(problem);

    [Test]
    public void BytesThatAreNoTextAreNoAnswer() =>
        PrometheusAnswer.Parse(new byte[] { 0x7b, 0x22, 0xff, 0xfe, 0x22 }).Problem.ShouldNotBeNull();

    private static PrometheusAnswer Parse(string json) => PrometheusAnswer.Parse(Encoding.UTF8.GetBytes(json));
}
