___TERMS_OF_SERVICE___

By creating or modifying this file you agree to Google Tag Manager's Community
Template Gallery Developer Terms of Service available at
https://developers.google.com/tag-manager/gallery-tos (or such other URL as
Google may provide), as modified from time to time.


___INFO___

{
  "type": "TAG",
  "id": "cvt_temp_public_id",
  "version": 1,
  "securityGroups": [],
  "displayName": "Selfsame",
  "brand": {
    "id": "brand_dummy",
    "displayName": "Selfsame"
  },
  "description": "Sends events to your own Selfsame server and says who the visitor is.",
  "containerContexts": [
    "WEB"
  ],
  "categories": [
    "ANALYTICS",
    "ATTRIBUTION",
    "PERSONALIZATION"
  ]
}


___TEMPLATE_PARAMETERS___

[
  {
    "type": "GROUP",
    "name": "required",
    "displayName": "Required parameters",
    "groupStyle": "NO_ZIPPY",
    "subParams": [
      {
        "type": "TEXT",
        "name": "key",
        "displayName": "Public key",
        "simpleValueType": true,
        "help": "From the Setup page of the console.",
        "valueValidators": [
          {
            "type": "NON_EMPTY"
          }
        ]
      },
      {
        "type": "TEXT",
        "name": "host",
        "displayName": "Host of your server",
        "simpleValueType": true,
        "help": "For example id.example.com. It serves https.",
        "valueValidators": [
          {
            "type": "NON_EMPTY"
          }
        ]
      },
      {
        "type": "SELECT",
        "name": "action",
        "displayName": "What happens",
        "macrosInSelect": false,
        "selectItems": [
          {
            "value": "track",
            "displayValue": "Something happened"
          },
          {
            "value": "page",
            "displayValue": "A page is viewed"
          },
          {
            "value": "identify",
            "displayValue": "Say who the visitor is"
          },
          {
            "value": "login",
            "displayValue": "The visitor logged in"
          },
          {
            "value": "logout",
            "displayValue": "The visitor logged out"
          },
          {
            "value": "reset",
            "displayValue": "A new visitor"
          },
          {
            "value": "optIn",
            "displayValue": "The visitor agrees"
          },
          {
            "value": "optOut",
            "displayValue": "The visitor objects"
          }
        ],
        "simpleValueType": true,
        "defaultValue": "track"
      },
      {
        "type": "TEXT",
        "name": "eventName",
        "displayName": "Event name",
        "simpleValueType": true,
        "enablingConditions": [
          {
            "paramName": "action",
            "paramValue": "track",
            "type": "EQUALS"
          },
          {
            "paramName": "action",
            "paramValue": "page",
            "type": "EQUALS"
          }
        ]
      },
      {
        "type": "PARAM_TABLE",
        "name": "properties",
        "displayName": "Properties",
        "paramTableColumns": [
          {
            "param": {
              "type": "TEXT",
              "name": "property",
              "displayName": "Property",
              "simpleValueType": true,
              "valueValidators": [
                {
                  "type": "NON_EMPTY"
                }
              ]
            },
            "isUnique": true
          },
          {
            "param": {
              "type": "SELECT",
              "name": "propertyVal",
              "displayName": "Value",
              "macrosInSelect": true,
              "selectItems": [],
              "simpleValueType": true
            },
            "isUnique": false
          }
        ]
      }
    ]
  },
  {
    "type": "GROUP",
    "name": "who",
    "displayName": "User information",
    "groupStyle": "ZIPPY_CLOSED",
    "subParams": [
      {
        "type": "PARAM_TABLE",
        "name": "identities",
        "displayName": "Identities",
        "paramTableColumns": [
          {
            "param": {
              "type": "TEXT",
              "name": "identity",
              "displayName": "Kind",
              "simpleValueType": true,
              "valueValidators": [
                {
                  "type": "NON_EMPTY"
                }
              ]
            },
            "isUnique": true
          },
          {
            "param": {
              "type": "SELECT",
              "name": "identityVal",
              "displayName": "Value",
              "macrosInSelect": true,
              "selectItems": [],
              "simpleValueType": true
            },
            "isUnique": false
          }
        ],
        "help": "user for the customer id, email, phone, or a kind of your own."
      },
      {
        "type": "SELECT",
        "name": "userSegments",
        "displayName": "Segments",
        "macrosInSelect": true,
        "selectItems": [],
        "simpleValueType": true,
        "help": "A list, or text with a separator."
      },
      {
        "type": "TEXT",
        "name": "segmentsSeparator",
        "displayName": "Separator of segments",
        "simpleValueType": true,
        "defaultValue": ","
      },
      {
        "type": "PARAM_TABLE",
        "name": "traits",
        "displayName": "Traits",
        "paramTableColumns": [
          {
            "param": {
              "type": "TEXT",
              "name": "trait",
              "displayName": "Trait",
              "simpleValueType": true,
              "valueValidators": [
                {
                  "type": "NON_EMPTY"
                }
              ]
            },
            "isUnique": true
          },
          {
            "param": {
              "type": "SELECT",
              "name": "traitVal",
              "displayName": "Value",
              "macrosInSelect": true,
              "selectItems": [],
              "simpleValueType": true
            },
            "isUnique": false
          }
        ]
      }
    ]
  },
  {
    "type": "GROUP",
    "name": "more",
    "displayName": "More",
    "groupStyle": "ZIPPY_CLOSED",
    "subParams": [
      {
        "type": "CHECKBOX",
        "name": "campaign",
        "checkboxText": "Write campaigns on events",
        "simpleValueType": true,
        "defaultValue": true
      },
      {
        "type": "CHECKBOX",
        "name": "sessions",
        "checkboxText": "Write sessions on events",
        "simpleValueType": true
      },
      {
        "type": "CHECKBOX",
        "name": "consent",
        "checkboxText": "Store and send nothing before the visitor agrees",
        "simpleValueType": true
      },
      {
        "type": "CHECKBOX",
        "name": "respect",
        "checkboxText": "Respect Do Not Track and Global Privacy Control",
        "simpleValueType": true
      }
    ]
  }
]


___SANDBOXED_JS_FOR_WEB_TEMPLATE___

const createQueue = require('createQueue');
const injectScript = require('injectScript');
const logToConsole = require('logToConsole');
const makeString = require('makeString');
const getType = require('getType');

// Commands wait in the queue until the script is there, and it takes them from there.
const say = createQueue('selfsame');
const host = data.host.split('/')[2] || data.host.split('/')[0];
const base = 'https://' + host;

const isThere = function (given) {
  const type = getType(given);
  return type !== 'undefined' && type !== 'null' && given !== '';
};
/** Rows of a table as an object, without empty ones. */
const bag = function (rows, name, value, asText) {
  const found = {};
  (rows || []).forEach(function (row) {
    const given = row[value];
    if (row[name] === '' || !isThere(given)) return;
    // An identifier is text, also where a variable yields a number.
    found[row[name]] = asText ? makeString(given) : given;
  });
  return found;
};
const isEmpty = function (object) {
  for (let name in object) return false;
  return true;
};
/** Segments are text, also where a variable yields a number or a list of them. */
const list = function (given) {
  const type = getType(given);
  if (type === 'array') return given.filter(isThere).map(function (one) { return makeString(one); });
  if ((type !== 'string' && type !== 'number') || given === '') return [];
  return makeString(given).split(data.segmentsSeparator || ',').map(function (one) { return one.trim(); });
};

const options = { key: data.key, endpoint: base, plugins: [] };
if (data.campaign) options.plugins.push('campaign');
if (data.sessions) options.plugins.push('sessions');
if (data.consent) options.consent = 'ask';
if (data.respect) options.respect = ['dnt', 'gpc'];
// Only the first one on a page counts.
say(['init', options]);

const ids = bag(data.identities, 'identity', 'identityVal', true);
const traits = bag(data.traits, 'trait', 'traitVal', false);
const segments = list(data.userSegments);

if (data.action === 'login') say(['login', ids]);
else if (!isEmpty(ids)) say(['identify', ids]);
if (!isEmpty(traits)) say(['setTraits', traits]);
if (segments.length > 0) say(['setSegments', segments]);

const properties = bag(data.properties, 'property', 'propertyVal', false);
if (data.action === 'track') say(['track', data.eventName, properties]);
if (data.action === 'page') say(['page', data.eventName || 'page', properties]);
if (data.action === 'logout') say(['logout']);
if (data.action === 'reset') say(['reset']);
if (data.action === 'optIn') say(['optIn']);
if (data.action === 'optOut') say(['optOut']);

injectScript(base + '/sdk.js', data.gtmOnSuccess, function () {
  logToConsole('Selfsame: the script could not be loaded from ' + base);
  data.gtmOnFailure();
}, 'selfsame');


___WEB_PERMISSIONS___

[
  {
    "instance": {
      "key": {
        "publicId": "logging",
        "versionId": "1"
      },
      "param": [
        {
          "key": "environments",
          "value": {
            "type": 1,
            "string": "debug"
          }
        }
      ]
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  },
  {
    "instance": {
      "key": {
        "publicId": "access_globals",
        "versionId": "1"
      },
      "param": [
        {
          "key": "keys",
          "value": {
            "type": 2,
            "listItem": [
              {
                "type": 3,
                "mapKey": [
                  {
                    "type": 1,
                    "string": "key"
                  },
                  {
                    "type": 1,
                    "string": "read"
                  },
                  {
                    "type": 1,
                    "string": "write"
                  },
                  {
                    "type": 1,
                    "string": "execute"
                  }
                ],
                "mapValue": [
                  {
                    "type": 1,
                    "string": "selfsame"
                  },
                  {
                    "type": 8,
                    "boolean": true
                  },
                  {
                    "type": 8,
                    "boolean": true
                  },
                  {
                    "type": 8,
                    "boolean": false
                  }
                ]
              }
            ]
          }
        }
      ]
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  },
  {
    "instance": {
      "key": {
        "publicId": "inject_script",
        "versionId": "1"
      },
      "param": [
        {
          "key": "urls",
          "value": {
            "type": 2,
            "listItem": [
              {
                "type": 1,
                "string": "https://*/sdk.js"
              }
            ]
          }
        }
      ]
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  }
]


___TESTS___

scenarios:
- name: an event with everything about the visitor
  code: |-
    const said = [];
    mock('createQueue', function (name) {
      assertThat(name).isEqualTo('selfsame');
      return function (entry) { said.push(entry); };
    });
    mock('injectScript', function (url, onSuccess) { onSuccess(); });

    runCode({
      key: 'PUB', host: 'id.example.com', action: 'track', eventName: 'Product Viewed', campaign: true,
      properties: [{property: 'price', propertyVal: 9.9}, {property: 'none', propertyVal: undefined}],
      identities: [{identity: 'user', identityVal: 42}, {identity: 'email', identityVal: ''}],
      userSegments: 'new, prospect', segmentsSeparator: ',',
      traits: [{trait: 'age', traitVal: 45}]
    });
    assertThat(said).isEqualTo([
      ['init', {key: 'PUB', endpoint: 'https://id.example.com', plugins: ['campaign']}],
      ['identify', {user: '42'}],
      ['setTraits', {age: 45}],
      ['setSegments', ['new', 'prospect']],
      ['track', 'Product Viewed', {price: 9.9}]
    ]);
    assertApi('injectScript').wasCalled();
    assertApi('gtmOnSuccess').wasCalled();
- name: segments are text, also where a variable yields numbers
  code: |-
    const said = [];
    mock('createQueue', function () { return function (entry) { said.push(entry); }; });
    mock('injectScript', function (url, onSuccess) { onSuccess(); });

    [[7, 'new', undefined], 7].forEach(function (given) {
      runCode({key: 'PUB', host: 'id.example.com', action: 'identify', userSegments: given});
    });
    assertThat(said.filter(function (entry) { return entry[0] !== 'init'; })).isEqualTo([['setSegments', ['7', 'new']], ['setSegments', ['7']]]);
- name: a login says who, and nothing empty
  code: |-
    const said = [];
    mock('createQueue', function (name) {
      assertThat(name).isEqualTo('selfsame');
      return function (entry) { said.push(entry); };
    });
    mock('injectScript', function (url, onSuccess) { onSuccess(); });

    runCode({key: 'PUB', host: 'https://id.example.com/', action: 'login', consent: true, respect: true,
      identities: [{identity: 'user', identityVal: 'ann'}]});
    assertThat(said).isEqualTo([
      ['init', {key: 'PUB', endpoint: 'https://id.example.com', plugins: [], consent: 'ask', respect: ['dnt', 'gpc']}],
      ['login', {user: 'ann'}]
    ]);
- name: logout, reset, consent
  code: |-
    const said = [];
    mock('createQueue', function (name) {
      assertThat(name).isEqualTo('selfsame');
      return function (entry) { said.push(entry); };
    });
    mock('injectScript', function (url, onSuccess) { onSuccess(); });

    ['logout', 'reset', 'optIn', 'optOut'].forEach(function (action) {
      runCode({key: 'PUB', host: 'id.example.com', action: action});
    });
    assertThat(said.filter(function (entry) { return entry[0] !== 'init'; })).isEqualTo([['logout'], ['reset'], ['optIn'], ['optOut']]);
- name: a script that cannot be loaded is a failure
  code: |-
    mock('createQueue', function () { return function () {}; });
    mock('injectScript', function (url, onSuccess, onFailure) {
      assertThat(url).isEqualTo('https://id.example.com/sdk.js');
      onFailure();
    });
    runCode({key: 'PUB', host: 'id.example.com', action: 'page'});
    assertApi('gtmOnFailure').wasCalled();
    assertApi('gtmOnSuccess').wasNotCalled();


___NOTES___

The script is your own server's, so its host is a field and the permission names the file.
